using EdgeGate.Configuration;
using EdgeGate.Layer4;
using EdgeGate.Layer4.Tls;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>Layer 4: what becomes of the connections of a listener that does not speak HTTP.</summary>
internal sealed class Layer4Lanes(TransportServices transport, Upstreams upstreams, ILoggerFactory logs)
{
    private readonly RelayMetrics _metrics = new(transport.Metrics.Meter);

    /// <summary>The lane of a listener, whose clusters are known to the upstreams.</summary>
    public ILane LaneOf(ListenerConfig listener) => new TcpRelayLane(
        listener.Cluster is { } cluster ? upstreams.ClusterOf(cluster) : null,
        new TcpRelayOptions
        {
            ConnectTimeout = listener.Settings.ConnectTimeout,
            IdleTimeout = listener.Settings.IdleTimeout,
            GreetingTimeout = listener.Settings.FirstByteTimeout,
            ProxyProtocol = listener.Settings.ProxyProtocol == ProxyProtocolMode.Required,
        },
        _metrics,
        logs.CreateLogger<TcpRelayLane>())
    {
        Routes = listener.Protocol == ListenerProtocol.Tls ? RoutesOf(listener) : null,
    };

    private SniRoutes RoutesOf(ListenerConfig listener) => new(
        listener.SniRoutes.Select(route => KeyValuePair.Create(route.Key, upstreams.ClusterOf(route.Value))));
}
