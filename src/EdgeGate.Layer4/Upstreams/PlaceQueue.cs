namespace EdgeGate.Layer4.Upstreams;

/// <summary>
/// Those who wait for a place at any of a cluster's destinations: first come, first served, whichever loop they live on,
/// and a bounded number of them. A place that comes back is given to the first at once, on the thread that gave it back,
/// and the loop of the first is told; so nobody who comes later can take it in between.
/// </summary>
/// <param name="cluster">Whose places they wait for.</param>
internal sealed class PlaceQueue(UpstreamCluster cluster)
{
    /// <summary>At most so many wait; more would only wait for their time-out.</summary>
    internal const int Capacity = 1024;

    private readonly Lock _lock = new();
    private readonly LinkedList<PlaceWaiter> _waiters = new();
    private int _count;

    /// <summary>How many wait, as any thread may see it.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Joins the end of the queue; false if it is full.</summary>
    internal bool TryJoin(PlaceWaiter waiter)
    {
        lock (_lock)
        {
            if (_waiters.Count >= Capacity)
            {
                return false;
            }

            _waiters.AddLast(waiter.Node);
            Volatile.Write(ref _count, _waiters.Count);

            // Full fence, against the race with a release: it gives back and then looks at the count, we write the
            // count and then look for a place. One of the two sees the other.
            Interlocked.MemoryBarrier();
            ServeLocked();
            return true;
        }
    }

    /// <summary>Leaves the queue.</summary>
    /// <returns>A place that was granted meanwhile and not handed over; it is the caller's now.</returns>
    internal DestinationLease? Leave(PlaceWaiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Node.List is not null)
            {
                Remove(waiter);
            }

            DestinationLease? granted = waiter.Granted;
            waiter.Granted = null;
            return granted;
        }
    }

    /// <summary>Gives out the places that there are.</summary>
    internal void Serve()
    {
        lock (_lock)
        {
            ServeLocked();
        }
    }

    // Who has waited starts anew with every destination, those that it tried before among them; so all waiters want the
    // same, and if there is nothing for the first there is nothing for the others.
    private void ServeLocked()
    {
        while (_waiters.First is { Value: { } first }
            && cluster.TryTake(new PickContext(first.Source), out DestinationLease? lease) == PickOutcome.Picked)
        {
            Remove(first);
            first.Granted = lease;
            first.Loop.Post(HandOver, (this, first));
        }
    }

    private static void HandOver(object? state)
    {
        var (queue, waiter) = ((PlaceQueue, PlaceWaiter))state!;
        if (queue.Leave(waiter) is { } lease)
        {
            waiter.OnGranted(lease);
        }
    }

    private void Remove(PlaceWaiter waiter)
    {
        _waiters.Remove(waiter.Node);
        Volatile.Write(ref _count, _waiters.Count);
    }
}
