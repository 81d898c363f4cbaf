using System.Diagnostics.Metrics;
using EdgeGate.Configuration;
using EdgeGate.Daemon.Inherited;
using EdgeGate.Layer4.Ports;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Limits;
using EdgeGate.Limits.Live;
using EdgeGate.Limits.Overload;
using EdgeGate.Logging;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Takeover;
using EdgeGate.Telemetry;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Daemon;

/// <summary>
/// The running gateway: the loops and the gate, the HTTP side and the layer-4 side over them. Made, bound, drained and
/// disposed once.
/// </summary>
internal sealed class Gateway : IAsyncDisposable
{
    private static readonly string[] NeedRestart = ["EdgeGate:Admin", "EdgeGate:Metrics", "EdgeGate:Tracing", "EdgeGate:Transport"];
    private static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _log;
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ReloadableSection _reverseProxy;
    private readonly CancellationTokenSource _stopping = new();
    private readonly AccessLog _accessLog;
    private readonly TelemetryPush _push;
    private readonly HttpServer _http;
    private readonly Upstreams _upstreams;
    private readonly Listeners _listeners;
    private IReadOnlyList<ServedListener> _prepared = [];
    private volatile LoadedConfiguration _loaded;

    public Gateway(LoadedConfiguration loaded, CapacityPlan plan, InheritedSockets inherited, ILoggerFactory logs)
    {
        _loaded = loaded;
        _log = logs.CreateLogger("EdgeGate");
        Plan = plan;
        Metrics = new TransportMetrics(_meters.GetRequiredService<IMeterFactory>());
        Loops = new EventLoopGroup(
            Config.Transport.Loops, PollerKindOf(Config.Transport.Poller), logs.CreateLogger<EventLoop>());
        Gate = new AdmissionGate(plan.MaxConnections, plan.DescriptorBudget);
        Table = new ConnectionTable(Loops);
        Top = new TopConnections(Table, Config.Metrics.PerConnectionTop);
        GatewayMetrics.Register(Metrics.Meter, Loops);
        ConnectionSampler.Start(Loops);
        Reloads = new ReloadMetrics(Metrics.Meter);
        Transport = new TransportServices(Loops, Gate, Metrics, logs.CreateLogger<Listener>());
        Load = new LoadControl(Transport, () => Plan, () => Config.Limits, _log, new PortMeter(TightestPorts));

        _reverseProxy = new ReloadableSection(loaded.Root);
        _upstreams = new Upstreams(Config, Metrics.Meter, logs);
        _accessLog = new AccessLog(Metrics.Meter, TimeProvider.System, _log);
        Metrics.ConnectionEnded = _accessLog.WriteClosed;
        _push = TelemetryPush.Start(Config);
        _http = new HttpServer(() => Config, _reverseProxy.Section, Transport, _upstreams, _accessLog, logs);
        UpstreamGauges.Register(Metrics.Meter, () => _upstreams.Clusters, _http.Clusters.GetClusters);
        _listeners = new Listeners(Transport, new Layer4Lanes(Transport, _upstreams, () => Plan, logs), _http, inherited, () => Plan);
        CertificateMetrics.Register(Metrics.Meter, _listeners.Certificates);
    }

    public GatewayConfig Config => _loaded.Config!;

    public LoadedConfiguration Loaded => _loaded;

    public CapacityPlan Plan { get; private set; }

    public TransportServices Transport { get; }

    public EventLoopGroup Loops { get; }

    public AdmissionGate Gate { get; }

    public TransportMetrics Metrics { get; }

    public ConnectionTable Table { get; }

    /// <summary>What is used of what, and what is done about it.</summary>
    public LoadControl Load { get; }

    /// <summary>The connections that metrics show one by one.</summary>
    public TopConnections Top { get; }

    /// <summary>How many reloads there were, and how the last one ended.</summary>
    public ReloadMetrics Reloads { get; }

    /// <summary>The listeners that are served, with their sockets.</summary>
    public IReadOnlyList<ServedListener> Served => _listeners.Served;

    /// <summary>Every cluster's state, those of layer 4 among them.</summary>
    public IEnumerable<ClusterState> YarpClusters => _http.Clusters.GetClusters();

    /// <summary>Whether new work should be sent here: /readyz.</summary>
    public bool IsReady { get; set; }

    public long Connections => Gate.Connections;

    /// <summary>The longest that any listener grants its connections.</summary>
    public TimeSpan DrainTimeout => Config.Listeners.Select(l => l.Settings.DrainTimeout).DefaultIfEmpty().Max();

    /// <summary>The layer-4 side of a cluster, or null.</summary>
    public UpstreamCluster? FindUpstream(string cluster) => _upstreams.Find(cluster);

    /// <summary>The ephemeral ports in use, by cluster, destination, source and address; of both layers.</summary>
    public IEnumerable<PortUsage> PortUsage() => _upstreams.PortUsage().Concat(_http.Ports.Usage());

    /// <summary>The one of which the largest share is in use; null where there is none, or the kernel hides its range.</summary>
    public PortUsage? TightestPorts() =>
        PortUsage().Where(usage => usage.Capacity != PortTable.Unknown).MaxBy(usage => usage.Ratio);

    /// <summary>Binds every listener; all errors but the first are lost, as nothing is served after one.</summary>
    /// <exception cref="IOException">A listener cannot bind; the message names it.</exception>
    public async Task BindAsync()
    {
        _accessLog.Open(Config.AccessLog);
        await _http.StartAsync();
        _prepared = _listeners.Prepare(Config);
        await _upstreams.StartAsync();
        await _listeners.ServeHttpAsync(_prepared);
    }

    /// <summary>Begins to accept on the layer-4 listeners, once everything is bound; Kestrel has begun on its own.</summary>
    public async Task StartAsync()
    {
        await Load.StartAsync();
        await _listeners.ServeAsync(_prepared, Drain);
    }

    /// <summary>Admits by another plan from now on; connections that exist go on.</summary>
    public void Adopt(CapacityPlan plan)
    {
        Plan = plan;
        Gate.Resize(plan.MaxConnections, plan.DescriptorBudget);
        _listeners.Adopt();
    }

    /// <summary>The listeners with their real addresses, for people.</summary>
    public string Describe() => _listeners.Describe();

    /// <summary>
    /// Reads the configuration again. One that is bad, or whose listeners cannot be bound, is refused, and the old one
    /// serves on.
    /// </summary>
    public async Task<ReloadOutcome> ReloadAsync()
    {
        LoadedConfiguration fresh = await new ConfigurationLoader().LoadAsync(_loaded.Source);
        if (fresh.Config is null)
        {
            return Refused(fresh, fresh.Errors);
        }

        await _listeners.SettleAsync();
        try
        {
            _prepared = _listeners.Prepare(fresh.Config);
        }
        catch (IOException e)
        {
            return Refused(fresh, [new ConfigurationError(fresh.Source, "EdgeGate:Listeners", e.Message)]);
        }

        ReloadOutcome outcome = await AdoptAsync(fresh);
        Reloads.Count(succeeded: true);
        DaemonLog.Reloaded(_log, fresh.Source);
        return outcome;
    }

    private ReloadOutcome Refused(LoadedConfiguration fresh, IReadOnlyList<ConfigurationError> errors)
    {
        Reloads.Count(succeeded: false);
        DaemonLog.ReloadRefused(_log, fresh.Source, string.Join("; ", errors));
        return new ReloadOutcome(fresh.Source) { Errors = errors, Warnings = fresh.Warnings };
    }

    // From here on nothing fails: everything that may has been prepared.
    private async Task<ReloadOutcome> AdoptAsync(LoadedConfiguration fresh)
    {
        LoadedConfiguration before = _loaded;
        string[] needRestart = [.. SectionText.Changed(before.Root, fresh.Root, NeedRestart)];
        foreach (string section in needRestart)
        {
            DaemonLog.NeedsRestart(_log, fresh.Source, section);
        }

        _loaded = fresh;
        _accessLog.Reopen(fresh.Config!.AccessLog);
        _http.Policies.Apply(fresh.Config!.Http.Policies); // before the routes that name them
        _reverseProxy.Replace(fresh.Root);
        await _upstreams.UpdateAsync(fresh.Config!);
        await _listeners.ServeHttpAsync(_prepared);
        await _listeners.ServeAsync(_prepared, Drain);
        DrainClusters(before.Config!);
        string[] kept = [.. _listeners.ReloadCertificates()];
        foreach (string error in kept)
        {
            DaemonLog.CertificateKept(_log, error);
        }

        return new ReloadOutcome(fresh.Source)
        {
            Warnings = fresh.Warnings,
            NeedRestart = needRestart,
            KeptCertificates = kept,
            Listeners = SectionChanges.Between(before.Root, fresh.Root, "EdgeGate:Listeners", shared: "EdgeGate:Defaults"),
            Routes = SectionChanges.Between(before.Root, fresh.Root, "ReverseProxy:Routes"),
            Clusters = SectionChanges.Between(before.Root, fresh.Root, "ReverseProxy:Clusters"),
        };
    }

    // A socket of datagrams that has come back by then is not gone.
    private void Drain(ListenerConfig listener, IReadOnlyList<ListenerSocket> gone) =>
        _ = AbortLaterAsync(
            c => c.Listener.HasStopped && gone.Contains(c.Listener), listener.Settings.DrainTimeout);

    private void DrainClusters(GatewayConfig before)
    {
        string[] gone = [.. before.Clusters.Select(c => c.ClusterId).Where(id => Config.FindCluster(id) is null)];
        if (gone.Length > 0)
        {
            // One that has come back by then is not gone.
            _ = AbortLaterAsync(
                c => c.Cluster is { } cluster && gone.Contains(cluster) && Config.FindCluster(cluster) is null,
                before.Listeners.Max(l => l.Settings.DrainTimeout));
        }
    }

    /// <summary>Grants connections whose listener or cluster has gone their time, and then resets them.</summary>
    private async Task AbortLaterAsync(Predicate<AcceptedConnection> which, TimeSpan deadline)
    {
        try
        {
            await Task.Delay(deadline, _stopping.Token);
            int aborted = await Table.AbortAsync(which, CloseReason.Drain);
            DaemonLog.DrainedSome(_log, aborted);
        }
        catch (OperationCanceledException)
        {
            // The whole gateway drains, with a deadline of its own.
        }
    }

    /// <summary>Descriptors of every listening socket, for the process that takes over.</summary>
    public Task<IReadOnlyList<(TakeoverMessage Message, OwnedDescriptor Descriptor)>> CopySocketsAsync() =>
        _listeners.CopySocketsAsync();

    /// <summary>Leaves every listening socket to the process that has taken over; <see cref="DrainAsync"/> comes next.</summary>
    public Task HandOverAsync() => _listeners.HandOverAsync();

    /// <summary>Stops accepting, waits for connections to end, resets those that outlast the deadline.</summary>
    /// <returns>How many were reset.</returns>
    public async Task<int> DrainAsync()
    {
        await _stopping.CancelAsync();
        TimeSpan timeout = DrainTimeout;
        using var deadline = new CancellationTokenSource(timeout);
        Task sockets = _listeners.StopAsync();
        _http.Retire();
        using (var grace = new CancellationTokenSource(HttpListeners.Grace < timeout / 2 ? HttpListeners.Grace : timeout / 2))
        {
            await WaitForConnectionsAsync(grace.Token);
        }

        Task http = _http.StopAsync();
        await WaitForConnectionsAsync(deadline.Token);
        int aborted = Connections > 0 ? await Table.AbortAllAsync(CloseReason.Drain) : 0;
        await Task.WhenAll(http, sockets);
        return aborted;
    }

    private async Task WaitForConnectionsAsync(CancellationToken enough)
    {
        while (Connections > 0 && !enough.IsCancellationRequested)
        {
            await Task.Delay(DrainLook, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Load.Dispose();
        await Top.DisposeAsync();
        await _http.DisposeAsync();
        await _upstreams.DisposeAsync();
        await Loops.DisposeAsync();
        await _accessLog.DisposeAsync();
        _push.Dispose();
        await _meters.DisposeAsync();
        _stopping.Dispose();
    }

    private static PollerKind PollerKindOf(PollerChoice choice) => choice switch
    {
        PollerChoice.Epoll => PollerKind.Epoll,
        PollerChoice.Kqueue => PollerKind.Kqueue,
        _ => PollerKind.Auto,
    };
}
