using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Layer4;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>Layer 4: the listeners that relay what they accept to a cluster.</summary>
internal sealed class Layer4Server(TransportServices transport, Upstreams upstreams, ILoggerFactory logs)
{
    private readonly List<Listener> _listeners = [];
    private readonly RelayMetrics _metrics = new(transport.Metrics.Meter);

    /// <exception cref="IOException">A listener cannot bind; the message names it.</exception>
    public void Bind(GatewayConfig config)
    {
        foreach (ListenerConfig listener in config.Listeners.Where(l => l.Protocol == ListenerProtocol.Tcp))
        {
            var quota = new ListenerQuota(listener.Settings.MaxConnections ?? long.MaxValue);
            ILane lane = LaneOf(listener);
            foreach (IPEndPoint endPoint in listener.Bind.EndPoints)
            {
                _listeners.Add(Listener.Bind(TransportOptions.Of(listener, endPoint, quota), lane, transport));
            }
        }
    }

    /// <summary>Begins to accept what has waited in the kernel's queue since <see cref="Bind"/>.</summary>
    public void Start() => _listeners.ForEach(listener => listener.Start());

    /// <summary>Stops accepting; relays that exist go on.</summary>
    public Task StopAsync() => Task.WhenAll(_listeners.Select(listener => listener.StopAsync()));

    private TcpRelayLane LaneOf(ListenerConfig listener) => new(
        upstreams.ClusterOf(listener.Cluster!),
        new TcpRelayOptions
        {
            ConnectTimeout = listener.Settings.ConnectTimeout,
            IdleTimeout = listener.Settings.IdleTimeout,
        },
        _metrics,
        logs.CreateLogger<TcpRelayLane>());
}
