using EdgeGate.Configuration;
using EdgeGate.Layer4;
using EdgeGate.Limits;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>Layer 4: what becomes of the connections of a listener that does not speak HTTP.</summary>
internal sealed class Layer4Lanes(TransportServices transport, Upstreams upstreams, Func<CapacityPlan> plan, ILoggerFactory logs)
{
    private readonly RelayMetrics _metrics = new(transport.Metrics.Meter);

    /// <summary>The lane of a listener, whose clusters are known to the upstreams.</summary>
    public ILane LaneOf(ListenerConfig listener) => new TcpRelayLane(
        upstreams.ClusterOf(listener.Cluster!),
        new TcpRelayOptions
        {
            ConnectTimeout = listener.Settings.ConnectTimeout,
            IdleTimeout = listener.Settings.IdleTimeout,
            Splice = plan().Splices,
        },
        _metrics,
        logs.CreateLogger<TcpRelayLane>());
}
