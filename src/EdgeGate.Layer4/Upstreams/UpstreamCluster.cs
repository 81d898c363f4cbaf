using System.Collections.Frozen;
using EdgeGate.Layer4.Ports;
using EdgeGate.Layer4.Upstreams.Balancing;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>
/// The destinations that a layer-4 listener leads to. What it knows is a snapshot, swapped as a whole; a destination is
/// picked from any loop without a lock, unless connections queue for a place.
/// </summary>
public sealed class UpstreamCluster
{
    /// <summary>So many failures in a row are reported to <see cref="Failing"/>.</summary>
    public const int FailureThreshold = 3;

    private readonly Lock _updating = new();
    private readonly PlaceQueue _queue;
    private FrozenSet<string> _unavailable = [];
    private volatile ClusterSnapshot _snapshot;

    /// <param name="name">The cluster's name in the configuration.</param>
    public UpstreamCluster(string name)
    {
        Name = name;
        var settings = new UpstreamSettings();
        _queue = new PlaceQueue(this);
        _snapshot = new ClusterSnapshot([], [], BalancingPolicies.Create(settings.Policy), settings);
    }

    /// <summary>The cluster's name.</summary>
    public string Name { get; }

    /// <summary>Where the ports of its connections are counted: with those of all other clusters.</summary>
    public PortTable Ports { get; init; } = new();

    /// <summary>
    /// Told of a destination that failed <see cref="FailureThreshold"/> times in a row or more. Called on the thread pool,
    /// one at a time for each destination.
    /// </summary>
    public Action<UpstreamCluster, Destination>? Failing { get; init; }

    /// <summary>All destinations, those among them that take no new connections now.</summary>
    public IReadOnlyList<Destination> Destinations => _snapshot.All;

    /// <summary>As configured last.</summary>
    public UpstreamSettings Settings => _snapshot.Settings;

    /// <summary>How many wait for a place.</summary>
    public int QueueLength => _queue.Count;

    /// <summary>At most so many wait.</summary>
    public static int QueueCapacity => PlaceQueue.Capacity;

    internal PlaceQueue Queue => _queue;

    /// <summary>
    /// Takes a configuration, or another answer of the resolver. A destination whose name and address stay keeps its
    /// counts; places taken at one that has gone are simply given back to it.
    /// </summary>
    public void Configure(UpstreamSettings settings, IEnumerable<ResolvedDestination> destinations)
    {
        lock (_updating)
        {
            ClusterSnapshot before = _snapshot;
            Destination[] all = [.. destinations.Select(wanted =>
            {
                Destination destination = Array.Find(before.All, d => d.Id == wanted.Id && d.Address == wanted.Address)
                    ?? new Destination(wanted.Id, wanted.Address);
                destination.Resolve(wanted.EndPoints, settings.SourceAddresses, Ports);
                destination.Resize(settings.MaxConnectionsPerDestination ?? int.MaxValue);
                destination.Weigh(wanted.Weight);
                return destination;
            })];
            BalancingPolicy policy = settings.Policy == before.Settings.Policy
                ? before.Policy // which may remember whose turn it is
                : BalancingPolicies.Create(settings.Policy);
            _snapshot = new ClusterSnapshot(all, AvailableOf(all), policy, settings);
        }

        _queue.Serve();
    }

    /// <summary>Says which destinations take no new connections, by their names.</summary>
    public void Exclude(IEnumerable<string> destinations)
    {
        lock (_updating)
        {
            _unavailable = destinations.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
            ClusterSnapshot before = _snapshot;
            _snapshot = before with { Available = AvailableOf(before.All) };
        }

        _queue.Serve();
    }

    /// <summary>Whether a destination takes new connections.</summary>
    public bool IsAvailable(Destination destination) => Array.IndexOf(_snapshot.Available, destination) >= 0;

    /// <summary>
    /// Picks a destination and takes a place at it. Where some queue already, nobody passes them.
    /// </summary>
    internal PickOutcome TryPick(in PickContext context, out DestinationLease? lease)
    {
        if (_queue.Count > 0 && _snapshot.HasUntried(context.Tried))
        {
            lease = null;
            return PickOutcome.Full;
        }

        return TryTake(context, out lease);
    }

    /// <summary>As <see cref="TryPick"/>, for the queue itself.</summary>
    internal PickOutcome TryTake(in PickContext context, out DestinationLease? lease)
    {
        PickOutcome outcome = _snapshot.TryTake(context, out Destination? taken);
        lease = taken is null ? null : new DestinationLease(this, taken);
        return outcome;
    }

    /// <summary>Whether there would be another destination to try.</summary>
    internal bool HasUntried(in TriedDestinations tried) => _snapshot.HasUntried(tried);

    /// <summary>Binds a socket to its source; where that fails, the port is returned and the source told of.</summary>
    internal bool TryBind(Descriptor socket, PortPool port, out SysResult bound)
    {
        bound = port.Bind(socket);
        if (bound.Failed)
        {
            port.ReturnUnusable();
            Ports.Unusable?.Invoke(Name, port.Key.Source!, bound.Error);
        }

        return !bound.Failed;
    }

    /// <summary>Tells that no source had a port left to an address.</summary>
    internal void ReportExhausted(Destination destination, DestinationAddress address) =>
        Ports.Exhausted?.Invoke(PortExhaustion.Of(Name, destination.Id, address.EndPoint, address.Ports));

    internal void Release(Destination destination)
    {
        destination.Leave();
        if (_queue.Count > 0)
        {
            _queue.Serve();
        }
    }

    internal void CountFailure(Destination destination)
    {
        if (destination.CountFailure() >= FailureThreshold && Failing is not null && destination.BeginReport())
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static report =>
                {
                    try
                    {
                        report.Cluster.Failing!(report.Cluster, report.Failing);
                    }
                    finally
                    {
                        report.Failing.EndReport();
                    }
                },
                (Cluster: this, Failing: destination),
                preferLocal: false);
        }
    }

    private Destination[] AvailableOf(Destination[] all) =>
        [.. all.Where(d => !_unavailable.Contains(d.Id)).OrderBy(d => d.Id, StringComparer.OrdinalIgnoreCase)];
}
