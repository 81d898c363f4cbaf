using System.Net;
using System.Security.Authentication;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Transport;

/// <content>
/// What is counted of a connection, and how it is looked at. Its loop writes; whoever lists connections reads from
/// another thread, without the loop, so that no listing holds it up: each number is seen whole (64-bit writes are atomic
/// on 64-bit systems), and perhaps a moment old.
/// </content>
public abstract partial class AcceptedConnection
{
    private long _acceptedAt;
    private long _lastActivity;
    private long _received;
    private long _sent;
    private long _upstreamReceived;
    private long _upstreamSent;
    private long _sampledAt; // 0: never
    private TcpSample _tcp;

    /// <summary>When something last went through, on the loop's clock (milliseconds).</summary>
    public long LastActivity => _lastActivity;

    /// <summary>Since it was accepted; from any thread.</summary>
    public TimeSpan Age => Since(_acceptedAt, Environment.TickCount64);

    /// <summary>Bytes to and from the client so far.</summary>
    public long BytesOfClient => _received + _sent;

    /// <summary>The loop's counters for this listener; only from the loop's thread.</summary>
    protected TrafficCell Cell => _cell!;

    /// <summary>Whether the kernel keeps figures of the client's side: tcp(7), TCP_INFO.</summary>
    protected virtual bool IsTcp => _listener.EndPoint is IPEndPoint;

    /// <summary>Whether it has an upstream connection of its own, whose bytes it counts.</summary>
    protected virtual bool HasOwnUpstream => true;

    /// <summary>Whether the lane knows requests.</summary>
    public virtual bool HasRequests => false;

    /// <summary>The version of TLS that is terminated here.</summary>
    protected virtual SslProtocols TlsVersion => SslProtocols.None;

    /// <summary>The name that the client's TLS hello asked for; null where it named none, or nobody read it.</summary>
    protected virtual string? ServerName => null;

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

    /// <summary>Counts bytes from the upstream.</summary>
    protected void CountUpstreamReceived(int bytes)
    {
        _upstreamReceived += bytes;
        Cell.AddUpstreamReceived(bytes);
    }

    /// <summary>Counts bytes to the upstream.</summary>
    protected void CountUpstreamSent(int bytes)
    {
        _upstreamSent += bytes;
        Cell.AddUpstreamSent(bytes);
    }

    /// <summary>
    /// Asks the kernel for its figures, on the loop, where they can have changed since it was asked last.
    /// </summary>
    /// <returns>Whether it was asked.</returns>
    internal bool SampleIfChanged()
    {
        bool changed = _sampledAt == 0 || _lastActivity >= _sampledAt || _tcp.IsMoving;
        return IsTcp && changed && Sample();
    }

    /// <summary>Describes the connection, from any thread.</summary>
    public ConnectionSnapshot Describe()
    {
        long now = Environment.TickCount64;
        bool http = HasRequests;
        return new ConnectionSnapshot
        {
            Id = Id,
            Listener = _stats.Listener,
            Protocol = _stats.Protocol,
            Remote = Remote,
            DestinationAddress = DestinationAddress,
            State = State,
            Age = Since(_acceptedAt, now),
            Idle = Since(_lastActivity, now),
            BytesReceived = _received,
            BytesSent = _sent,
            UpstreamBytesReceived = HasOwnUpstream ? _upstreamReceived : null,
            UpstreamBytesSent = HasOwnUpstream ? _upstreamSent : null,
            Requests = http ? Requests : null,
            Streams = http ? RequestsInFlight : null,
            ApplicationProtocol = ApplicationProtocol,
            TlsVersion = TlsVersion,
            ServerName = ServerName,
            Tcp = Volatile.Read(ref _sampledAt) != 0 ? _tcp : null,
        };
    }

    private bool Sample()
    {
        if (!TcpInfo.TryRead(Descriptor, out TcpInfo info))
        {
            return false;
        }

        uint before = _tcp.Retransmits;
        _tcp = new TcpSample(info);
        Cell.AddRetransmits(_tcp.Retransmits - before);
        _listener.RecordRoundTrip(_stats, info.RoundTripTime);
        Volatile.Write(ref _sampledAt, Loop.Now); // after the figures: a reader takes it for their being there
        return true;
    }

    // The reader's clock may be a moment behind the loop's.
    private static TimeSpan Since(long then, long now) => TimeSpan.FromMilliseconds(Math.Max(0, now - then));
}
