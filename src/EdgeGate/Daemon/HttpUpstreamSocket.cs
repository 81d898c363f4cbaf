using System.Net.Sockets;
using EdgeGate.Http.Upstream;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport.Upstream;

namespace EdgeGate.Daemon;

/// <summary>Layer 7's connection to an upstream, over a socket of the event loops: the two know nothing of each other.</summary>
internal sealed class HttpUpstreamSocket(Descriptor descriptor, IUpstreamSocketHandler handler)
    : DialledSocket(descriptor), IUpstreamSocket
{
    public SocketResult Receive(Span<byte> buffer) =>
        IsClosed ? new SocketResult(0, SocketError.Shutdown) : ResultOf(SocketIO.Receive(Descriptor, buffer));

    public SocketResult Send(ReadOnlySpan<byte> bytes) =>
        IsClosed ? new SocketResult(0, SocketError.Shutdown) : ResultOf(SocketIO.Send(Descriptor, bytes));

    void IUpstreamSocket.Close(bool reset) => Close(reset);

    /// <summary>The error as .NET's own sockets name it.</summary>
    internal static SocketError ErrorOf(Errno error) =>
        error == Errno.None ? SocketError.Success
        : error == Errno.EAGAIN ? SocketError.WouldBlock
        : error == Errno.ECONNREFUSED ? SocketError.ConnectionRefused
        : error == Errno.ECONNRESET || error == Errno.EPIPE ? SocketError.ConnectionReset
        : error == Errno.ETIMEDOUT ? SocketError.TimedOut
        : error == Errno.EHOSTUNREACH ? SocketError.HostUnreachable
        : error == Errno.EHOSTDOWN ? SocketError.HostDown
        : error == Errno.ENETUNREACH ? SocketError.NetworkUnreachable
        : error == Errno.ENETDOWN ? SocketError.NetworkDown
        : error == Errno.EADDRNOTAVAIL ? SocketError.AddressNotAvailable
        : error == Errno.EACCES || error == Errno.EPERM ? SocketError.AccessDenied
        : error.IsDescriptorShortage ? SocketError.TooManyOpenSockets
        : error == Errno.ENOBUFS || error == Errno.ENOMEM ? SocketError.NoBufferSpaceAvailable
        : error == Errno.ECONNABORTED ? SocketError.ConnectionAborted
        : SocketError.SocketError;

    protected override void OnConnected(Errno error) => handler.OnConnected(ErrorOf(error));

    protected override void OnReceivable(bool ending) => handler.OnReadable(ending);

    protected override void OnSendable() => handler.OnWritable();

    protected override void OnClosed() => handler.OnClosed();

    private static SocketResult ResultOf(SysResult result) => new(result.Value, ErrorOf(result.Error));
}
