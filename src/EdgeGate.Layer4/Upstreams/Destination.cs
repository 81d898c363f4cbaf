using System.Net;
using System.Net.Sockets;
using EdgeGate.Layer4.Ports;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>
/// One destination of a cluster, live: its addresses, how many hold a place at it, how connects to it went. It outlives
/// reloads that leave its name and address alone, and so do its counts. Callable from any loop.
/// </summary>
public sealed class Destination
{
    private volatile DestinationAddress[] _addresses = [];
    private int _maximum = int.MaxValue;
    private int _weight = 1;
    private int _active;
    private int _turn = -1;
    private int _consecutiveFailures;
    private long _failures;
    private int _reporting;

    internal Destination(string id, string address)
    {
        Id = id;
        Address = address;
        Seed = SourceHash.SeedOf(id);
    }

    /// <summary>Its name in the configuration.</summary>
    public string Id { get; }

    /// <summary>Its address as configured.</summary>
    public string Address { get; }

    /// <summary>What the address stands for now, in the order of RFC 8305, section 4.</summary>
    public IReadOnlyList<EndPoint> EndPoints => [.. _addresses.Select(address => address.EndPoint)];

    /// <summary>How many hold a place: connections, those that are being made among them.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>At most so many at once; <see cref="int.MaxValue"/> where nothing is configured.</summary>
    public int Maximum => Volatile.Read(ref _maximum);

    /// <summary>How many times it could not be reached since the gateway began.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>How many times it could not be reached since it last could.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _consecutiveFailures);

    /// <summary>Its share under the policy <c>Weighted</c>; none if zero, unless all have none.</summary>
    public int Weight => Volatile.Read(ref _weight);

    /// <summary>Its part in a source's hash.</summary>
    internal ulong Seed { get; }

    internal bool HasRoom => Active < Maximum;

    /// <summary>Whether a connection to one of its addresses would find a port.</summary>
    internal bool HasPort
    {
        get
        {
            foreach (DestinationAddress address in _addresses)
            {
                if (address.HasPort)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private ProtocolType Protocol =>
        Address.StartsWith("udp:", StringComparison.OrdinalIgnoreCase) ? ProtocolType.Udp : ProtocolType.Tcp;

    /// <summary>The ports in use from each source to each of its addresses.</summary>
    /// <param name="cluster">The cluster's name.</param>
    public IEnumerable<PortUsage> PortUsage(string cluster)
    {
        foreach (DestinationAddress address in _addresses)
        {
            foreach (PortPool pool in address.Ports.ToArray())
            {
                yield return new PortUsage(cluster, Id, pool.Key.Source, address.EndPoint, pool.Used, pool.Capacity);
            }
        }
    }

    /// <summary>Takes a place, unless all are taken.</summary>
    internal bool TryEnter()
    {
        int active = Active;
        while (active < Maximum)
        {
            // Other loops enter and leave at the same time: the place is ours only if nobody was faster.
            int seen = Interlocked.CompareExchange(ref _active, active + 1, active);
            if (seen == active)
            {
                return true;
            }

            active = seen;
        }

        return false;
    }

    // A full fence too, against the race with a waiter that queues: see PlaceQueue.
    internal void Leave() => Interlocked.Decrement(ref _active);

    /// <summary>The addresses, for one attempt to reach the destination; every attempt begins with another.</summary>
    internal AddressWalk Walk() => new(_addresses, (uint)Interlocked.Increment(ref _turn));

    internal void Resize(int maximum) => Volatile.Write(ref _maximum, maximum);

    internal void Weigh(int weight) => Volatile.Write(ref _weight, weight);

    /// <summary>Takes what the address stands for now; an address that stays keeps what is known about it.</summary>
    /// <param name="endPoints">The addresses, in the resolver's order.</param>
    /// <param name="sources">
    /// From which addresses of this machine they are reached: an address whose family none of them has is left out. None
    /// leaves it to the kernel.
    /// </param>
    /// <param name="ports">Where ports are counted.</param>
    internal void Resolve(IReadOnlyList<EndPoint> endPoints, IReadOnlyList<IPAddress> sources, PortTable ports)
    {
        DestinationAddress[] known = _addresses;
        DestinationAddress[] resolved = [.. AddressOrder.Interleave(endPoints)
            .Select(to => Array.Find(known, address => address.EndPoint.Equals(to)) ?? new DestinationAddress(to))];
        foreach (DestinationAddress address in resolved)
        {
            address.ReachFrom(address.EndPoint is IPEndPoint to ? ports.PoolsOf(Protocol, sources, to) : []);
        }

        _addresses = Array.FindAll(resolved, address => !address.IsIp || !address.Ports.IsEmpty);
    }

    internal void CountConnected()
    {
        // Read first: a destination in good health shares no written memory between the loops.
        if (ConsecutiveFailures != 0)
        {
            Volatile.Write(ref _consecutiveFailures, 0);
        }
    }

    /// <returns>How many there are in a row now.</returns>
    internal int CountFailure()
    {
        Interlocked.Increment(ref _failures);
        return Interlocked.Increment(ref _consecutiveFailures);
    }

    /// <summary>Whether the caller, of all loops that find it failing, is the one to report it.</summary>
    internal bool BeginReport() => Interlocked.Exchange(ref _reporting, 1) == 0;

    internal void EndReport() => Volatile.Write(ref _reporting, 0);
}
