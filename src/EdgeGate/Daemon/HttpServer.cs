using System.Diagnostics.Metrics;
using EdgeGate.Configuration;
using EdgeGate.Http;
using EdgeGate.Http.Policies;
using EdgeGate.Layer4;
using EdgeGate.Logging;
using EdgeGate.Telemetry;
using EdgeGate.Transport;
using EdgeGate.Transport.Kestrel;
using EdgeGate.Transport.ProxyProtocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace EdgeGate.Daemon;

/// <summary>
/// Layer 7: YARP, and a Kestrel for each listener under it. YARP runs where no listener speaks HTTP, too: the health
/// of every cluster is its business.
/// </summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpListeners _listeners = new();
    private readonly ILoggerFactory _logs;
    private readonly bool _runsOnLoops;
    private readonly IProxyStateLookup? _clusters; // also for loops that outlive the services

    public HttpServer(
        Func<GatewayConfig> current,
        IConfigurationSection reverseProxy,
        TransportServices transport,
        Upstreams upstreams,
        AccessLog log,
        ILoggerFactory logs)
    {
        _logs = logs;
        UpstreamHealth health = upstreams.Health;
        Ports = new HttpPorts(current, upstreams.Ports);
        _runsOnLoops = RunsOnLoops(current());
        WebApplicationBuilder builder = EmptyHost.Create(logs);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(transport);
        builder.Services.AddSingleton<IConnectionListenerFactory, LoopTransportFactory>();
        builder.Services.AddSingleton<IServer>(_listeners);
        builder.Services.AddSingleton<ILoadBalancingPolicy, SourceHashPolicy>();
        builder.Services.AddSingleton<ILoadBalancingPolicy, WeightedPolicy>();
        builder.Services.AddHttpGateway(reverseProxy, new HttpGatewayOptions
        {
            Folder = current().Folder,
            DestinationsChanged = health.Apply,
            Observer = new RequestObserver(new ForwardingMetrics(transport.Metrics.Meter), log),
            Retried = CountRetries(transport.Metrics.Meter),
            ProxyHeader = WriteProxyHeader,
            TakePort = Ports.Take,
            TakeDescriptor = new HttpDescriptors(transport.Gate, transport.Metrics.Meter, logs.CreateLogger("EdgeGate")).Take,
            IsLayer4 = cluster => current().LeadsToLayer4(cluster),
            UpstreamLoops = _runsOnLoops ? new HttpUpstreamLoops(transport.Loops) : null,
            UpstreamConnected = new HttpConnects(new RelayMetrics(transport.Metrics.Meter), () => _clusters).Record,
            ConnectTimeout = current().Listeners.Where(HttpListener.Serves)
                .Select(l => l.Settings.ConnectTimeout).DefaultIfEmpty(new HttpGatewayOptions().ConnectTimeout).Max(),
        });
        _app = builder.Build();
        Policies = new PolicyPipeline(new PolicyServices
        {
            Logs = logs,
            Rejected = transport.Metrics.Meter.CreateCounter<long>(
                "edgegate.http.requests.limited", description: "Requests that a rate limit turned away."),
            Clusters = () => Clusters,
            ListenerOf = static context => context.Features.Get<IRequestActivity>()?.Listener,
        });
        Policies.Apply(current().Http.Policies);

        // YARP brings ASP.NET's authorization along, which the application builder would put before everything else; ours
        // has a place of its own, and no request pays for it where none is configured.
        ((IApplicationBuilder)_app).Properties["__AuthorizationMiddlewareSet"] = true;
        _app.Use(Policies.BeforeRouting);
        _app.Use(new RequestTracking(log, TracesOf(current().Tracing)).Create);
        _app.UseClientIdentity();
        _app.UseRouting();
        _app.Use(Policies.AfterRouting);
        _app.MapHttpGateway();
        _clusters = Clusters;
        health.Attach(Clusters, _app.Services.GetRequiredService<IDestinationHealthUpdater>());
    }

    /// <summary>The ports that upstream connections hold.</summary>
    public HttpPorts Ports { get; }

    /// <summary>What is done to requests before and after YARP.</summary>
    public PolicyPipeline Policies { get; }

    /// <summary>YARP's clusters and their state.</summary>
    public IProxyStateLookup Clusters => _app.Services.GetRequiredService<IProxyStateLookup>();

    /// <summary>Starts YARP; listeners are added from then on.</summary>
    public Task StartAsync() => _app.StartAsync();

    /// <summary>Makes a listener over sockets that are bound; it does nothing yet.</summary>
    /// <exception cref="InvalidDataException">A certificate cannot be used.</exception>
    public HttpListener Create(
        ListenerConfig config, IReadOnlyList<(Listener Socket, ListenerOptions Options)> sockets) => new(
            config,
            sockets,
            _app.Services.GetServices<IConnectionListenerFactory>().OfType<LoopTransportFactory>().Single(),
            _app.Services.GetRequiredService<IMeterFactory>(),
            _runsOnLoops,
            _logs);

    /// <summary>Has a listener serve.</summary>
    public Task AddAsync(HttpListener listener) => _listeners.AddAsync(listener);

    /// <summary>Has a listener stop that others have replaced, and waits for its connections to end.</summary>
    public Task RetireAsync(HttpListener listener) => _listeners.RetireAsync(listener);

    /// <summary>Has clients take their next request elsewhere: every answer is its connection's last.</summary>
    public void Retire() => _listeners.Retire();

    /// <summary>Stops accepting and waits for requests to end; whoever drains sees to the deadline.</summary>
    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static RequestTraces? TracesOf(TracingConfig tracing) =>
        tracing.Otlp is null ? null : new RequestTraces(tracing.SampleRatio);

    private static bool RunsOnLoops(GatewayConfig config) => config.Transport.HttpClient == HttpClientChoice.Own;

    private static Action<string> CountRetries(Meter meter)
    {
        Counter<long> retries = meter.CreateCounter<long>(
            "edgegate.upstream.retries", description: "HTTP requests that were tried again at another destination.");
        return cluster => retries.Add(1, new KeyValuePair<string, object?>("cluster", cluster));
    }

    // Http does not see the transport, where the protocol is written for both layers.
    private static ReadOnlyMemory<byte> WriteProxyHeader(string text, ProxiedClient? client)
    {
        _ = SendProxyProtocol.TryParse(text, out ProxyProtocolVersion version);
        byte[] header = new byte[ProxyHeaderWriter.MaxBytes];
        return header.AsMemory(0, client is null
            ? ProxyHeaderWriter.WriteLocal(version, header)
            : ProxyHeaderWriter.Write(version, client.Source, client.Destination, header));
    }
}
