using System.Net;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Transport.Upstream;

/// <summary>A stream socket that the gateway opens to an upstream, on the loop of whoever needs it.</summary>
/// <remarks>
/// <code>
///   connecting --writable, no error--> connected --Close--> closed
///        '--writable, error; Close-----------------------------^
/// </code>
/// </remarks>
public abstract class DialledSocket(Descriptor descriptor) : LoopSocket(descriptor)
{
    // A WebSocket may be idle for hours, and an upstream that lost its power would hold it, and us, for ever.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(15);
    private const int Probes = 4;

    private bool _isConnected;
    private bool _readable;
    private bool _ending;

    /// <summary>
    /// Opens a socket for an address, with keep-alive probes (RFC 9293, section 3.8.4). The one place where upstream
    /// sockets of HTTP are made; the caller owns the descriptor.
    /// </summary>
    public static SysResult Open(EndPoint to)
    {
        SysResult opened = SocketFactory.OpenStream(to.AddressFamily);
        if (!opened.Failed)
        {
            var descriptor = new Descriptor(opened.Value);
            SocketOptions.SuppressSigPipe(descriptor);
            if (to is IPEndPoint)
            {
                SocketOptions.SetNoDelay(descriptor);
                SocketOptions.SetKeepAlive(descriptor, Silence, ProbeInterval, Probes);
            }
        }

        return opened;
    }

    /// <summary>Begins to connect, on the loop; if that fails at once the socket is closed.</summary>
    /// <returns>The error, if it failed at once.</returns>
    public Errno Connect(EndPoint to, EventLoop loop)
    {
        SysResult connected = SocketIO.Connect(Descriptor, to);
        if (connected.Failed && connected.Error != Errno.EINPROGRESS)
        {
            Close(reset: false);
            return connected.Error;
        }

        // A connect that has ended already is reported by the very first wait.
        Attach(loop);
        return IsClosed ? Errno.ENOMEM : Errno.None;
    }

    /// <summary>The connect has ended; with an error the socket is closed next.</summary>
    protected abstract void OnConnected(Errno error);

    /// <summary>There is something to read on the connection.</summary>
    /// <param name="ending">The stream ends or has failed: reading must go on until 0 or an error.</param>
    protected abstract void OnReceivable(bool ending);

    /// <summary>There is room to write on the connection.</summary>
    protected abstract void OnSendable();

    /// <inheritdoc/>
    protected internal sealed override void OnReadable(bool ending)
    {
        if (_isConnected)
        {
            OnReceivable(ending);
        }
        else
        {
            _readable = true; // a failed connect says so too
            _ending |= ending;
        }
    }

    /// <inheritdoc/>
    protected internal sealed override void OnWritable()
    {
        if (_isConnected)
        {
            OnSendable();
            return;
        }

        Errno error = SocketOptions.TakeError(Descriptor);
        _isConnected = error == Errno.None;
        OnConnected(error);
        if (error != Errno.None)
        {
            Close(reset: false);
        }
        else if (_readable && !IsClosed)
        {
            OnReceivable(_ending);
        }
    }
}
