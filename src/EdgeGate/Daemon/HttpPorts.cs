using System.Net;
using System.Net.Sockets;
using EdgeGate.Configuration;
using EdgeGate.Http;
using EdgeGate.Layer4.Ports;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Daemon;

/// <summary>
/// The ports of the upstream connections of layer 7, counted where those of layer 4 are. It stands here because only the
/// daemon sees both layers. Callable from any thread; it is asked for each connection, not for each request.
/// </summary>
/// <param name="current">The configuration.</param>
/// <param name="ports">Where ports are counted.</param>
internal sealed class HttpPorts(Func<GatewayConfig> current, UpstreamPorts ports)
{
    private readonly Dictionary<Held, int> _held = []; // how many connections have one
    private readonly Lock _lock = new();

    private sealed record Held(string Cluster, string Destination, IPEndPoint Address, PortPool Pool);

    /// <summary>Takes a port of the source that has the most left; null, and told of, if none has one.</summary>
    public UpstreamPort? Take(UpstreamAddress to)
    {
        ClusterConfig? cluster = current().FindCluster(to.Cluster);
        PortPool[] pools = ports.Table.PoolsOf(ProtocolType.Tcp, SourceAddresses.Of(cluster), to.EndPoint);
        string destination = NameOf(cluster, to.Host, to.Port);
        if (!PortPool.TryTakeFromEmptiest(pools, out PortPool? pool))
        {
            if (pools.Length > 0) // otherwise the address is of a family that no source has, and is passed over
            {
                ports.Table.Exhausted?.Invoke(PortExhaustion.Of(to.Cluster, destination, to.EndPoint, pools));
            }

            return null;
        }

        var held = new Held(to.Cluster, destination, to.EndPoint, pool!);
        lock (_lock)
        {
            _held[held] = _held.GetValueOrDefault(held) + 1;
        }

        return new Port(this, held);
    }

    /// <summary>The ports in use: one for each source and address that a connection has.</summary>
    public PortUsage[] Usage()
    {
        lock (_lock)
        {
            return [.. _held.Keys.Select(held => new PortUsage(
                held.Cluster, held.Destination, held.Pool.Key.Source, held.Address, held.Pool.Used, held.Pool.Capacity))];
        }
    }

    // A health check may go to an address that no destination has.
    private static string NameOf(ClusterConfig? cluster, string host, int port) =>
        cluster?.Destinations?.FirstOrDefault(named =>
            Uri.TryCreate(named.Value.Address, UriKind.Absolute, out Uri? address)
            && address.Port == port
            && address.IdnHost.Equals(host, StringComparison.OrdinalIgnoreCase)).Key
        ?? $"{host}:{port}";

    private void Forget(Held held)
    {
        lock (_lock)
        {
            if (--_held[held] == 0)
            {
                _held.Remove(held);
            }
        }
    }

    private sealed class Port(HttpPorts owner, Held held) : UpstreamPort
    {
        private int _returned;

        public override IPAddress? Source => held.Pool.Key.Source;

        public override void ReturnRefused() => Return(static pool => pool.ReturnRefused());

        public override void ReturnUnusable(SocketError error)
        {
            owner.TellUnusable(held, error);
            Return(static pool => pool.ReturnUnusable());
        }

        protected override void Return() => Return(static pool => pool.Return());

        private void Return(Action<PortPool> back)
        {
            // A stream may be disposed of on two threads at once.
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                owner.Forget(held);
                back(held.Pool);
            }
        }
    }

    private void TellUnusable(Held held, SocketError error) =>
        ports.TellUnusable(held.Cluster, held.Pool.Key.Source!, new SocketException((int)error).Message);
}
