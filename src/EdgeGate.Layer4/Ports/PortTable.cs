using System.Net;
using System.Net.Sockets;
using EdgeGate.Native;

namespace EdgeGate.Layer4.Ports;

/// <summary>
/// The ephemeral ports of this machine, as far as upstream connections hold them. All clusters of both layers share one
/// table, because two clusters with the same destination share its ports. Callable from any thread.
/// </summary>
public sealed class PortTable
{
    /// <summary>The capacity where the kernel does not say: no connect is held back by count.</summary>
    public const int Unknown = int.MaxValue;

    private const int PruneFrom = 64;

    // Weak, because a pool lives as long as a destination names it or a connection holds a port of it: addresses from DNS
    // come and go, and nobody says when one was the last.
    private readonly Dictionary<PortKey, WeakReference<PortPool>> _pools = [];
    private readonly Lock _lock = new();
    private int _pruneAt = PruneFrom;
    private int _capacity = Unknown;

    /// <summary>How many ports the kernel gives out: ip_local_port_range less ip_local_reserved_ports.</summary>
    public int Capacity
    {
        get => Volatile.Read(ref _capacity);
        set => Volatile.Write(ref _capacity, value);
    }

    /// <summary>Told each time that a destination could not be dialled for want of a port. Called on event loops, too.</summary>
    public Action<PortExhaustion>? Exhausted { get; init; }

    /// <summary>Told of a source that cannot be bound: the cluster, the source, why.</summary>
    public Action<string, IPAddress, Errno>? Unusable { get; init; }

    /// <summary>The ports from each of these sources that has the destination's family.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="sources">None leaves the choice to the kernel.</param>
    /// <param name="destination">Whither.</param>
    public PortPool[] PoolsOf(ProtocolType protocol, IReadOnlyList<IPAddress> sources, IPEndPoint destination) =>
        sources.Count == 0
            ? [PoolOf(PortKey.Of(protocol, null, destination))]
            : [.. sources.Where(source => source.AddressFamily == destination.AddressFamily)
                .Select(source => PoolOf(PortKey.Of(protocol, source, destination)))];

    private PortPool PoolOf(PortKey key)
    {
        lock (_lock)
        {
            if (_pools.TryGetValue(key, out var known) && known.TryGetTarget(out PortPool? pool))
            {
                return pool;
            }

            Prune();
            pool = new PortPool(this, key);
            _pools[key] = new WeakReference<PortPool>(pool);
            return pool;
        }
    }

    // When there are twice as many as were left the last time.
    private void Prune()
    {
        if (_pools.Count < _pruneAt)
        {
            return;
        }

        foreach (var (key, pool) in _pools)
        {
            if (!pool.TryGetTarget(out _))
            {
                _pools.Remove(key);
            }
        }

        _pruneAt = Math.Max(PruneFrom, 2 * _pools.Count);
    }
}
