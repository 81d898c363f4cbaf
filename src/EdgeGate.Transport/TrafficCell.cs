namespace EdgeGate.Transport;

/// <summary>
/// What one loop counts for one listener. Only that loop writes; a reader on another thread sees each number whole and
/// perhaps a moment old (64-bit writes are atomic on the 64-bit systems that EdgeGate runs on).
/// </summary>
public sealed class TrafficCell
{
    private static readonly int Reasons = Enum.GetValues<CloseReason>().Length;
    private static readonly int Rejections = Enum.GetValues<RejectReason>().Length;
    private static readonly int Drops = Enum.GetValues<DropReason>().Length;

    private readonly long[] _dropped = new long[Drops];
    private readonly long[] _closed = new long[Reasons];
    private readonly long[] _rejected = new long[Rejections];
    private long _accepted;
    private long _ended;
    private long _clientReceived;
    private long _clientSent;
    private long _upstreamReceived;
    private long _upstreamSent;
    private long _retransmits;

    /// <summary>Connections accepted.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that exist now.</summary>
    public long Active
    {
        get
        {
            // The ended ones first: read the other way round, one that comes and goes in between would count as -1.
            long ended = Volatile.Read(ref _ended);
            return Volatile.Read(ref _accepted) - ended;
        }
    }

    /// <summary>Bytes from clients.</summary>
    public long ClientReceived => Volatile.Read(ref _clientReceived);

    /// <summary>Bytes to clients.</summary>
    public long ClientSent => Volatile.Read(ref _clientSent);

    /// <summary>Bytes from upstreams.</summary>
    public long UpstreamReceived => Volatile.Read(ref _upstreamReceived);

    /// <summary>Bytes to upstreams.</summary>
    public long UpstreamSent => Volatile.Read(ref _upstreamSent);

    /// <summary>Segments that the kernel had to send again to clients.</summary>
    public long Retransmits => Volatile.Read(ref _retransmits);

    /// <summary>Connections that ended for a reason.</summary>
    public long Closed(CloseReason reason) => Volatile.Read(ref _closed[(int)reason]);

    /// <summary>Connections refused for a reason.</summary>
    public long Rejected(RejectReason reason) => Volatile.Read(ref _rejected[(int)reason]);

    /// <summary>Datagrams that were dropped for a reason.</summary>
    public long Dropped(DropReason reason) => Volatile.Read(ref _dropped[(int)reason]);

    /// <summary>Counts datagrams that were dropped.</summary>
    public void AddDropped(DropReason reason, long count = 1) =>
        Volatile.Write(ref _dropped[(int)reason], _dropped[(int)reason] + count);

    /// <summary>Counts bytes from a client.</summary>
    public void AddClientReceived(int bytes) => Volatile.Write(ref _clientReceived, _clientReceived + bytes);

    /// <summary>Counts bytes to a client.</summary>
    public void AddClientSent(int bytes) => Volatile.Write(ref _clientSent, _clientSent + bytes);

    /// <summary>Counts bytes from an upstream.</summary>
    public void AddUpstreamReceived(int bytes) => Volatile.Write(ref _upstreamReceived, _upstreamReceived + bytes);

    /// <summary>Counts bytes to an upstream.</summary>
    public void AddUpstreamSent(int bytes) => Volatile.Write(ref _upstreamSent, _upstreamSent + bytes);

    internal void AddAccepted() => Volatile.Write(ref _accepted, _accepted + 1);

    internal void AddRejected(RejectReason reason) =>
        Volatile.Write(ref _rejected[(int)reason], _rejected[(int)reason] + 1);

    internal void AddRetransmits(uint segments) => Volatile.Write(ref _retransmits, _retransmits + segments);

    internal void AddClosed(CloseReason reason)
    {
        Volatile.Write(ref _ended, _ended + 1);
        Volatile.Write(ref _closed[(int)reason], _closed[(int)reason] + 1);
    }
}
