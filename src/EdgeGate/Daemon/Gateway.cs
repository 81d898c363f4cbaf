using System.Diagnostics.Metrics;
using EdgeGate.Configuration;
using EdgeGate.Limits;
using EdgeGate.Native.Polling;
using EdgeGate.Telemetry;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>
/// The running gateway: the loops and the gate, the HTTP side and the layer-4 side over them. Made, bound, drained and
/// disposed once.
/// </summary>
internal sealed class Gateway : IAsyncDisposable
{
    private static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _log;
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ReloadableSection _reverseProxy;
    private readonly HttpServer? _http;
    private readonly Upstreams _upstreams;
    private readonly Layer4Server _layer4;
    private LoadedConfiguration _loaded;

    public Gateway(LoadedConfiguration loaded, CapacityPlan plan, ILoggerFactory logs)
    {
        _loaded = loaded;
        _log = logs.CreateLogger("EdgeGate");
        Plan = plan;
        Metrics = new TransportMetrics(_meters.GetRequiredService<IMeterFactory>());
        Loops = new EventLoopGroup(
            Config.Transport.Loops, PollerKindOf(Config.Transport.Poller), logs.CreateLogger<EventLoop>());
        Gate = new AdmissionGate(plan.MaxConnections, plan.DescriptorBudget);
        Table = new ConnectionTable(Loops);
        GatewayMetrics.Register(Metrics.Meter, Loops, Gate);
        Transport = new TransportServices(Loops, Gate, Metrics, logs.CreateLogger<Listener>());

        _reverseProxy = new ReloadableSection(loaded.Root);
        _upstreams = new Upstreams(Config, logs);
        _layer4 = new Layer4Server(Transport, _upstreams, logs);
        _http = Config.Listeners.Any(HttpServer.Serves)
            ? new HttpServer(Config, _reverseProxy.Section, Transport, logs)
            : null;
    }

    public GatewayConfig Config => _loaded.Config!;

    public LoadedConfiguration Loaded => _loaded;

    public CapacityPlan Plan { get; private set; }

    public TransportServices Transport { get; }

    public EventLoopGroup Loops { get; }

    public AdmissionGate Gate { get; }

    public TransportMetrics Metrics { get; }

    public ConnectionTable Table { get; }

    /// <summary>Whether new work should be sent here: /readyz.</summary>
    public bool IsReady { get; set; }

    public long Connections => Gate.Connections;

    /// <summary>The longest that any listener grants its connections.</summary>
    public TimeSpan DrainTimeout => Config.Listeners.Select(l => l.Settings.DrainTimeout).DefaultIfEmpty().Max();

    /// <summary>Binds every listener; all errors but the first are lost, as nothing is served after one.</summary>
    /// <exception cref="IOException">A listener cannot bind; the message names it.</exception>
    public async Task BindAsync()
    {
        _layer4.Bind(Config);
        await _upstreams.StartAsync();
        if (_http is not null)
        {
            await _http.BindAsync();
        }
    }

    /// <summary>Begins to accept on the layer-4 listeners, once everything is bound; Kestrel has begun on its own.</summary>
    public void Start() => _layer4.Start();

    /// <summary>Admits by another plan from now on; connections that exist go on.</summary>
    public void Adopt(CapacityPlan plan)
    {
        Plan = plan;
        Gate.Resize(plan.MaxConnections, plan.DescriptorBudget);
    }

    /// <summary>The listeners with their real addresses, for people.</summary>
    public string Describe() => string.Join(
        ", ", Metrics.Listeners.Select(l => $"{l.Name} ({l.Stats.Protocol}) on {l.EndPoint}").Order());

    /// <summary>Reads the configuration again. A bad one is refused and the old one serves on.</summary>
    public async Task<bool> ReloadAsync()
    {
        LoadedConfiguration fresh = await new ConfigurationLoader().LoadAsync(_loaded.Source);
        if (fresh.Config is null)
        {
            DaemonLog.ReloadRefused(_log, fresh.Source, string.Join("; ", fresh.Errors));
            return false;
        }

        if (!SectionText.Same(_loaded.Root.GetSection("EdgeGate"), fresh.Root.GetSection("EdgeGate")))
        {
            DaemonLog.NeedsRestart(_log, fresh.Source);
        }

        _loaded = fresh;
        _reverseProxy.Replace(fresh.Root);
        await _upstreams.UpdateAsync(fresh.Config);
        foreach (string error in _http?.ReloadCertificates() ?? [])
        {
            DaemonLog.CertificateKept(_log, error);
        }

        DaemonLog.Reloaded(_log, fresh.Source);
        return true;
    }

    /// <summary>Stops accepting, waits for connections to end, resets those that outlast the deadline.</summary>
    /// <returns>How many were reset.</returns>
    public async Task<int> DrainAsync()
    {
        using var deadline = new CancellationTokenSource(DrainTimeout);
        Task http = _http?.StopAsync() ?? Task.CompletedTask;
        Task layer4 = _layer4.StopAsync();

        while (Connections > 0 && !deadline.IsCancellationRequested)
        {
            await Task.Delay(DrainLook);
        }

        int aborted = Connections > 0 ? await Table.AbortAllAsync(CloseReason.Drain) : 0;
        await Task.WhenAll(http, layer4);
        return aborted;
    }

    public async ValueTask DisposeAsync()
    {
        if (_http is not null)
        {
            await _http.DisposeAsync();
        }

        await _upstreams.DisposeAsync();
        await Loops.DisposeAsync();
        await _meters.DisposeAsync();
    }

    private static PollerKind PollerKindOf(PollerChoice choice) => choice switch
    {
        PollerChoice.Epoll => PollerKind.Epoll,
        PollerChoice.Kqueue => PollerKind.Kqueue,
        _ => PollerKind.Auto,
    };
}
