using System.Net;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Transport;

/// <summary>
/// The client's side of a connection, whatever its lane: identity, counters, the first reason to close, and the lease,
/// which goes back last.
/// </summary>
public abstract class AcceptedConnection : LoopSocket
{
    private static long s_lastId;

    private readonly AdmissionLease _lease;
    private readonly Listener _listener;
    private TrafficCell? _cell;
    private long _acceptedAt;
    private long _lastActivity;
    private long _received;
    private long _sent;

    /// <summary>Takes the socket over.</summary>
    protected AcceptedConnection(in AcceptedSocket socket)
        : base(socket.Descriptor)
    {
        _lease = socket.Lease;
        _listener = socket.Listener;
        Remote = socket.Remote;

        // Any loop may accept: the counter is the only thing that their connections share.
        Id = Interlocked.Increment(ref s_lastId);
    }

    /// <summary>Unique in this process.</summary>
    public long Id { get; }

    /// <summary>The client's address.</summary>
    public IPEndPoint? Remote { get; }

    /// <summary>The listener that it came through.</summary>
    public Listener Listener => _listener;

    /// <summary>Why it ended; <see cref="CloseReason.None"/> while it has not.</summary>
    public CloseReason Reason { get; private set; }

    /// <summary>When something last went through, on the loop's clock (milliseconds).</summary>
    public long LastActivity => _lastActivity;

    /// <summary>The loop's counters for this listener; only from the loop's thread.</summary>
    protected TrafficCell Cell => _cell!;

    /// <summary>What it is doing, for people.</summary>
    protected abstract string State { get; }

    /// <summary>Where it leads, for people.</summary>
    protected abstract string Destination { get; }

    /// <summary>Ends the connection at once with a reset, on its loop's thread.</summary>
    public void Abort(CloseReason reason)
    {
        SetReason(reason);
        Close(reset: true);
    }

    /// <summary>Names the reason to close; only the first counts.</summary>
    protected void SetReason(CloseReason reason)
    {
        if (Reason == CloseReason.None)
        {
            Reason = reason;
        }
    }

    /// <summary>Counts bytes from the client.</summary>
    protected internal void CountReceived(int bytes)
    {
        _received += bytes;
        _lastActivity = Loop.Now;
        Cell.AddClientReceived(bytes);
    }

    /// <summary>Counts bytes to the client.</summary>
    protected internal void CountSent(int bytes)
    {
        _sent += bytes;
        _lastActivity = Loop.Now;
        Cell.AddClientSent(bytes);
    }

    /// <inheritdoc/>
    protected override void OnAttached()
    {
        _acceptedAt = _lastActivity = Loop.Now;
        _cell = _listener.Stats.For(Loop);
        _cell.AddAccepted();
    }

    /// <inheritdoc/>
    protected override void OnAttachFailed(Errno error) => SetReason(CloseReason.Error);

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        if (_cell is { } cell)
        {
            CloseReason reason = Reason == CloseReason.None ? CloseReason.Error : Reason;
            cell.AddClosed(reason, _retransmits);
            _listener.RecordClosed(TimeSpan.FromMilliseconds(Loop.Now - _acceptedAt), _rtt);
        }

        LoopAssigned?.ConnectionGone();
        _lease.Dispose();
    }

    private uint _retransmits;
    private TimeSpan? _rtt;

    /// <summary>The loop that counts this connection as its own, from before it is attached.</summary>
    internal EventLoop? LoopAssigned { get; set; }

    /// <inheritdoc/>
    protected override void OnClosing()
    {
        if (TcpInfo.TryRead(Descriptor, out TcpInfo info))
        {
            _retransmits = info.Retransmits;
            _rtt = info.RoundTripTime;
        }
    }

    /// <summary>Describes the connection, on its loop's thread.</summary>
    internal ConnectionSnapshot Describe() => new(
        Id,
        _listener.Stats.Listener,
        _listener.Stats.Protocol,
        Remote?.ToString() ?? "",
        Destination,
        State,
        TimeSpan.FromMilliseconds(Loop.Now - _acceptedAt),
        TimeSpan.FromMilliseconds(Loop.Now - _lastActivity),
        _received,
        _sent,
        TcpInfo.TryRead(Descriptor, out TcpInfo info) ? info : null);
}
