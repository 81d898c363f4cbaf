using System.Net;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport.Admission;
using EdgeGate.Transport.ProxyProtocol;

namespace EdgeGate.Transport;

/// <summary>
/// The client's side of a connection, whatever its lane: identity, counters, the first reason to close, and the lease,
/// which goes back last.
/// </summary>
public abstract partial class AcceptedConnection : LoopSocket
{
    private static long s_lastId;

    private readonly AdmissionLease _lease;
    private readonly ListenerSocket _listener;
    private readonly ListenerStats _stats; // of the time when it was accepted: a listener's may change
    private IPEndPoint? _proxiedTo;
    private TrafficCell? _cell;

    /// <summary>Takes the socket over.</summary>
    protected AcceptedConnection(in AcceptedSocket socket)
        : base(socket.Descriptor)
    {
        _lease = socket.Lease;
        _listener = socket.Listener;
        _stats = socket.Listener.Stats;
        Remote = socket.Remote;

        // Any loop may accept: the counter is the only thing that their connections share.
        Id = Interlocked.Increment(ref s_lastId);
    }

    /// <summary>Unique in this process.</summary>
    public long Id { get; }

    /// <summary>The client's address; behind a proxy that tells it, the one that the proxy saw.</summary>
    public IPEndPoint? Remote { get; private set; }

    /// <summary>The listener that it came through.</summary>
    public ListenerSocket Listener => _listener;

    /// <summary>The layer-4 cluster that it leads to; null where there is none, or none yet.</summary>
    public virtual string? Cluster => null;

    /// <summary>Whether it has joined its loop, and not left it; from any thread.</summary>
    internal bool IsOpen => Volatile.Read(ref _cell) is not null && !IsClosed;

    /// <summary>Why it ended; <see cref="CloseReason.None"/> while it has not.</summary>
    public CloseReason Reason { get; private set; }

    /// <summary>Requests that are being served now; 0 where the lane knows no requests.</summary>
    public virtual int RequestsInFlight => 0;

    /// <summary>Requests that have begun so far; 0 where the lane knows no requests.</summary>
    public virtual long Requests => 0;

    /// <summary>What is spoken, by its ALPN name (http/1.1, h2); null where that is unknown, or not yet known.</summary>
    public virtual string? ApplicationProtocol => null;

    /// <summary>Whether a request became a WebSocket, and still is one.</summary>
    public virtual bool IsUpgraded => false;

    /// <summary>
    /// Whether it waits between two requests, or before the first: what <see cref="RequestClose"/> costs nobody anything.
    /// </summary>
    public virtual bool IsIdleKeepAlive => false;

    /// <summary>Since when nobody asked anything of it, on the loop's clock (milliseconds).</summary>
    public virtual long IdleSince => _lastActivity;

    /// <summary>
    /// Bytes that it holds beyond what an idle one does, in this process and in the kernel; on its loop's thread.
    /// </summary>
    public virtual long MemoryHeld => SocketMemory.Read(Descriptor);

    /// <summary>What it is doing, for people.</summary>
    protected abstract string State { get; }

    /// <summary>What the text of is where it leads, for people; null where that is nowhere, or nowhere yet.</summary>
    protected abstract object? DestinationAddress { get; }

    /// <summary>Where it leads, for people.</summary>
    protected string Destination => DestinationAddress?.ToString() ?? "";

    /// <summary>
    /// The address that the client connected to; behind a proxy that tells it, the proxy's. The kernel is asked only
    /// where the listener's address does not say it: getsockname(2).
    /// </summary>
    protected EndPoint? LocalAddress()
    {
        EndPoint listening = _listener.EndPoint;
        bool wildcard = listening is IPEndPoint ip
            && (ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any));
        return _proxiedTo ?? (wildcard ? SocketFactory.LocalAddress(Descriptor) : listening);
    }

    /// <summary>
    /// Takes the addresses that a proxy's header tells, on the loop. A header without IP addresses (LOCAL, UNKNOWN, a
    /// Unix client) leaves the connection's own.
    /// </summary>
    /// <returns>Whether the listener lets the client in; the caller ends the connection if not.</returns>
    protected bool TakeAddresses(in ProxyHeader header)
    {
        if (header.Source is not { } source)
        {
            return true; // the proxy's own
        }

        Remote = source;
        _proxiedTo = header.Destination;
        return _listener.AdmitProxied(source.Address, _lease, Cell);
    }

    /// <summary>Ends the connection at once with a reset, on its loop's thread.</summary>
    public void Abort(CloseReason reason)
    {
        SetReason(reason);
        Close(reset: true);
    }

    /// <summary>
    /// Has the connection end where nothing is lost by it, on its loop's thread: of HTTP, after the requests that have
    /// begun, with a FIN.
    /// </summary>
    /// <param name="reason">Why; what ended it before wins.</param>
    /// <returns>Whether it will; a lane that cannot tell where nothing is lost does nothing.</returns>
    public virtual bool RequestClose(CloseReason reason) => false;

    /// <summary>Names the reason to close; only the first counts.</summary>
    protected void SetReason(CloseReason reason)
    {
        if (Reason == CloseReason.None)
        {
            Reason = reason;
        }
    }

    /// <inheritdoc/>
    protected override void OnAttached()
    {
        _acceptedAt = _lastActivity = Loop.Now;
        Volatile.Write(ref _cell, _stats.For(Loop)); // last: a reader on another thread takes it for the rest being there
        _cell!.AddAccepted();
    }

    /// <inheritdoc/>
    protected override void OnAttachFailed(Errno error) => SetReason(CloseReason.Error);

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        if (_cell is { } cell)
        {
            SetReason(CloseReason.Error); // where nobody named one
            cell.AddClosed(Reason);
            _listener.RecordClosed(_stats, TimeSpan.FromMilliseconds(Loop.Now - _acceptedAt), this);
        }

        LoopAssigned?.ConnectionGone();
        _lease.Dispose();
    }

    /// <summary>The loop that counts this connection as its own, from before it is attached.</summary>
    internal EventLoop? LoopAssigned { get; set; }

    /// <inheritdoc/>
    protected override void OnClosing()
    {
        if (_cell is not null && IsTcp)
        {
            Sample();
        }
    }
}
