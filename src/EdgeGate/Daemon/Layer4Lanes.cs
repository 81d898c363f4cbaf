using EdgeGate.Configuration;
using EdgeGate.Layer4;
using EdgeGate.Layer4.Tls;
using EdgeGate.Layer4.Udp;
using EdgeGate.Limits;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>Layer 4: what becomes of the connections and the datagrams of a listener that does not speak HTTP.</summary>
internal sealed class Layer4Lanes(TransportServices transport, Upstreams upstreams, Func<CapacityPlan> plan, ILoggerFactory logs)
{
    private readonly RelayMetrics _metrics = new(transport.Metrics.Meter);

    /// <summary>Binds a listener's socket; nothing that comes is served yet.</summary>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public ListenerSocket Bind(ListenerConfig listener, ListenerOptions options) =>
        listener.Protocol == ListenerProtocol.Udp
            ? UdpListener.Bind(options, transport)
            : Listener.Bind(options, transport);

    /// <summary>Takes over a listener's sockets that were bound before this process began; they have one address.</summary>
    /// <exception cref="IOException">There is no descriptor left.</exception>
    public ListenerSocket Adopt(ListenerConfig listener, ListenerOptions options, IReadOnlyList<OwnedDescriptor> sockets) =>
        listener.Protocol == ListenerProtocol.Udp
            ? UdpListener.Adopt(sockets, options, transport)
            : Listener.Adopt(sockets[0], options, transport, ownsFile: listener.Bind.Kind != BindKind.Systemd);

    /// <summary>Has a socket served as its listener says, whose clusters are known to the upstreams.</summary>
    public void Serve(ListenerConfig listener, ListenerSocket socket, ListenerOptions options)
    {
        if (socket is UdpListener datagrams)
        {
            datagrams.Serve(UdpLaneOf(listener), options);
        }
        else
        {
            ((Listener)socket).Serve(LaneOf(listener), options);
        }
    }

    private UdpRelayLane UdpLaneOf(ListenerConfig listener) => new(
        upstreams.ClusterOf(listener.Cluster!),
        new UdpRelayOptions
        {
            FlowIdleTimeout = listener.FlowIdleTimeout,
        },
        _metrics,
        logs.CreateLogger<UdpRelayLane>());

    private TcpRelayLane LaneOf(ListenerConfig listener) => new(
        listener.Cluster is { } cluster ? upstreams.ClusterOf(cluster) : null,
        new TcpRelayOptions
        {
            ConnectTimeout = listener.Settings.ConnectTimeout,
            IdleTimeout = listener.Settings.IdleTimeout,
            Splice = plan().Splices,
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
