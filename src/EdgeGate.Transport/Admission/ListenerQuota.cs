namespace EdgeGate.Transport.Admission;

/// <summary>One listener's share of the connections.</summary>
/// <param name="maximum">At most this many at once.</param>
public sealed class ListenerQuota(long maximum)
{
    private long _maximum = maximum;
    private long _connections;

    /// <summary>Connections of this listener that hold a lease.</summary>
    public long Connections => Volatile.Read(ref _connections);

    /// <summary>At most this many at once.</summary>
    public long Maximum => Volatile.Read(ref _maximum);

    // The rest only under the gate's lock.
    internal bool HasRoom => _connections < Maximum;

    internal void Resize(long maximum) => Volatile.Write(ref _maximum, maximum);

    internal void Enter() => Volatile.Write(ref _connections, _connections + 1);

    internal void Leave() => Volatile.Write(ref _connections, _connections - 1);
}
