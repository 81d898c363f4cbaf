namespace EdgeGate.Transport.Admission;

/// <summary>
/// Decides whether one more connection fits, before anything is spent on it. It counts connections and the descriptors
/// that they will need over their whole life, the upstream's included, so that work once admitted does not fail for
/// want of one. Callable from any thread.
/// </summary>
/// <remarks>
/// Relays have an upstream each. HTTP connections share theirs: each brings the place of one with it, and those that are
/// open are counted one by one. As long as they are no more than the places, they cost nothing beside; what is open
/// beyond them (many HTTP/2 streams at once, or a pool whose clients have gone) takes descriptors like a connection.
/// </remarks>
public sealed class AdmissionGate
{
    // One lock and no clever counters: a connection counts twice at most in its life, and a place that is taken for a
    // moment and given back unused would hide itself from a listener that looks in between and then waits.
    private readonly Lock _lock = new();
    private readonly Dictionary<Action, Waiter> _waiters = [];
    private readonly HashSet<Action> _onRelease = [];
    private long _connections;
    private long _own;
    private long _sharedPlaces; // for upstreams, that leases brought
    private long _shared; // upstreams
    private long _descriptors;
    private long _maxConnections;
    private long _maxDescriptors;
    private volatile AdmissionMode _mode;

    private readonly record struct Waiter(ListenerQuota Quota, int Descriptors, int Shared);

    /// <summary>Opens a gate.</summary>
    /// <param name="maxConnections">At most this many connections at once.</param>
    /// <param name="maxDescriptors">At most this many descriptors for all of them.</param>
    public AdmissionGate(long maxConnections, long maxDescriptors)
    {
        _maxConnections = maxConnections;
        _maxDescriptors = maxDescriptors;
    }

    /// <summary>Connections that hold a lease.</summary>
    public long Connections => Volatile.Read(ref _connections);

    /// <summary>Descriptors that the leases stand for, and those of shared upstreams beyond.</summary>
    public long Descriptors => Volatile.Read(ref _descriptors);

    /// <summary>The most connections at once.</summary>
    public long MaxConnections => Volatile.Read(ref _maxConnections);

    /// <summary>The most descriptors for all of them.</summary>
    public long MaxDescriptors => Volatile.Read(ref _maxDescriptors);

    /// <summary>
    /// Whether anybody new is let in at all, whatever there is room for; leases that are out stay out. Those who wait
    /// are told when it opens, and when it begins to reject.
    /// </summary>
    public AdmissionMode Mode
    {
        get => _mode;
        set
        {
            Action[] resumed;
            lock (_lock)
            {
                _mode = value;
                resumed = value == AdmissionMode.Reject ? TakeAllWaiters() : TakeWaitersThatFit();
            }

            Resume(resumed);
        }
    }

    /// <summary>Changes the limits; leases that are out stay out.</summary>
    public void Resize(long maxConnections, long maxDescriptors)
    {
        Action[] resumed;
        lock (_lock)
        {
            Volatile.Write(ref _maxConnections, maxConnections);
            Volatile.Write(ref _maxDescriptors, maxDescriptors);
            resumed = TakeWaitersThatFit();
        }

        Resume(resumed);
    }

    /// <summary>Changes one listener's share; leases that are out stay out.</summary>
    public void Resize(ListenerQuota quota, long maximum)
    {
        Action[] resumed;
        lock (_lock)
        {
            quota.Resize(maximum);
            resumed = TakeWaitersThatFit();
        }

        Resume(resumed);
    }

    /// <summary>Takes a lease for one connection.</summary>
    /// <param name="quota">The listener's own share.</param>
    /// <param name="descriptors">How many descriptors the connection will need over its life.</param>
    /// <param name="resume">
    /// Where given, called once as soon as a connection that does not fit now would fit; from any thread, so it must
    /// not block. Others may be told too, so that the next attempt may fail again.
    /// </param>
    /// <param name="shared">How many of them are for upstream connections that all who share have in common.</param>
    /// <returns>The lease, or null if the gate is full.</returns>
    public AdmissionLease? TryAcquire(ListenerQuota quota, int descriptors, Action? resume = null, int shared = 0)
    {
        lock (_lock)
        {
            if (Fits(quota, descriptors, shared))
            {
                quota.Enter();
                Volatile.Write(ref _connections, _connections + 1);
                Count(descriptors - shared, shared, upstreams: 0);
                return new AdmissionLease(this, quota, descriptors, shared);
            }

            if (resume is not null)
            {
                _waiters[resume] = new Waiter(quota, descriptors, shared);
            }

            return null;
        }
    }

    /// <summary>Takes the descriptor of one more shared upstream connection.</summary>
    /// <returns>Gives it back when disposed, once the descriptor is closed; null if the gate is full.</returns>
    public IDisposable? TryAcquireShared()
    {
        lock (_lock)
        {
            if (_own + Math.Max(_sharedPlaces, _shared + 1) > _maxDescriptors && _shared >= _sharedPlaces)
            {
                return null;
            }

            Count(own: 0, places: 0, upstreams: 1);
            return new SharedDescriptor(this);
        }
    }

    /// <summary>
    /// Has a listener that holds a lease, but found no descriptor, told once when another's lease comes back: a
    /// descriptor has come back with it.
    /// </summary>
    /// <param name="resume">Called from any thread; must not block.</param>
    internal void NotifyOnRelease(Action resume)
    {
        lock (_lock)
        {
            _onRelease.Add(resume);
        }
    }

    /// <summary>Forgets a listener that waits.</summary>
    internal void StopWaiting(Action resume)
    {
        lock (_lock)
        {
            _waiters.Remove(resume);
            _onRelease.Remove(resume);
        }
    }

    internal void Release(ListenerQuota quota, int descriptors, int shared)
    {
        Action[] resumed;
        lock (_lock)
        {
            quota.Leave();
            Volatile.Write(ref _connections, _connections - 1);
            Count(shared - descriptors, -shared, upstreams: 0);
            resumed = TakeResumed();
        }

        Resume(resumed);
    }

    internal void ReleaseShared()
    {
        Action[] resumed;
        lock (_lock)
        {
            Count(own: 0, places: 0, upstreams: -1);
            resumed = TakeResumed();
        }

        Resume(resumed);
    }

    private bool Fits(ListenerQuota quota, int descriptors, int shared) =>
        _mode == AdmissionMode.Open && _connections < _maxConnections && quota.HasRoom
        && _own + descriptors - shared + Math.Max(_sharedPlaces + shared, _shared) <= _maxDescriptors;

    private void Count(int own, int places, int upstreams)
    {
        _own += own;
        _sharedPlaces += places;
        _shared += upstreams;
        Volatile.Write(ref _descriptors, _own + Math.Max(_sharedPlaces, _shared));
    }

    // A descriptor has come back, to those who wait for room and to those who found none.
    private Action[] TakeResumed()
    {
        if (_onRelease.Count == 0)
        {
            return TakeWaitersThatFit();
        }

        Action[] resumed = [.. TakeWaitersThatFit(), .. _onRelease];
        _onRelease.Clear();
        return resumed;
    }

    private Action[] TakeWaitersThatFit()
    {
        if (_waiters.Count == 0)
        {
            return [];
        }

        Action[] fitting =
            [.. _waiters.Where(w => Fits(w.Value.Quota, w.Value.Descriptors, w.Value.Shared)).Select(waiter => waiter.Key)];
        foreach (Action resume in fitting)
        {
            _waiters.Remove(resume);
        }

        return fitting;
    }

    private Action[] TakeAllWaiters()
    {
        Action[] all = [.. _waiters.Keys];
        _waiters.Clear();
        return all;
    }

    private static void Resume(Action[] waiters)
    {
        foreach (Action resume in waiters)
        {
            resume();
        }
    }
}
