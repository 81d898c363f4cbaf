using System.Diagnostics.Metrics;
using System.Net;
using EdgeGate.Layer4;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native.Polling;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.FunctionalTests.Layer4;

/// <summary>A TCP relay on real loops in this process, in front of the upstream that is given.</summary>
internal sealed class RelayHost : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    internal RelayHost(
        IEnumerable<IPEndPoint> upstreams, TcpRelayOptions? options = null, AdmissionGate? gate = null, int loops = 2)
        : this(upstreams.Select((e, i) => new ResolvedDestination($"d{i}", $"tcp://{e}", [e])), options, gate, loops)
    {
    }

    internal RelayHost(
        IEnumerable<ResolvedDestination> upstreams, TcpRelayOptions? options = null, AdmissionGate? gate = null, int loops = 2)
    {
        Metrics = new TransportMetrics(_services.GetRequiredService<IMeterFactory>());
        Loops = new EventLoopGroup(loops, PollerKind.Auto, NullLogger<EventLoop>.Instance);
        Gate = gate ?? new AdmissionGate(100_000, 200_000);
        Cluster = new UpstreamCluster("backend");
        Cluster.Configure(new UpstreamSettings { Policy = "RoundRobin" }, upstreams);
        var lane = new TcpRelayLane(
            Cluster, options ?? new TcpRelayOptions(), new RelayMetrics(Metrics.Meter), NullLogger<TcpRelayLane>.Instance);
        Listener = Listener.Bind(
            new ListenerOptions { Name = "relay", Protocol = "tcp", EndPoint = new IPEndPoint(IPAddress.Loopback, 0) },
            new TransportServices(Loops, Gate, Metrics, NullLogger<Listener>.Instance));
        Listener.Serve(lane);
        Table = new ConnectionTable(Loops);
    }

    internal EventLoopGroup Loops { get; }

    internal AdmissionGate Gate { get; }

    internal TransportMetrics Metrics { get; }

    internal UpstreamCluster Cluster { get; }

    internal Listener Listener { get; }

    internal ConnectionTable Table { get; }

    internal IPEndPoint EndPoint => (IPEndPoint)Listener.EndPoint;

    internal long Active => Listener.Stats.Sum(c => c.Active);

    internal long Closed(CloseReason reason) => Listener.Stats.Sum(c => c.Closed(reason));

    public async ValueTask DisposeAsync()
    {
        await Listener.StopAsync();
        await Loops.DisposeAsync();
        await _services.DisposeAsync();
    }
}
