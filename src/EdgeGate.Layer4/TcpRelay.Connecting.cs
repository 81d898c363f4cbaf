using System.Diagnostics;
using EdgeGate.Layer4.Ports;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <content>One connect: what it takes of this machine (a port, a descriptor), and what becomes of it at once.</content>
internal sealed partial class TcpRelay
{
    private static readonly TimeSpan DescriptorCheck = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BacklogCheck = TimeSpan.FromMilliseconds(20);

    private bool _connectsAgain;

    /// <summary>
    /// Begins a connect, from one source after the other while the kernel finds no port; false if it has failed already.
    /// </summary>
    private bool BeginConnect(DestinationAddress address)
    {
        _connectBegan = Stopwatch.GetTimestamp();
        while (address.TryTakePort(out PortPool? port))
        {
            SysResult opened = SocketFactory.OpenStream(address.EndPoint.AddressFamily);
            if (opened.Failed)
            {
                port?.Return();
                return WaitForDescriptor(opened.Error);
            }

            var socket = new Descriptor(opened.Value);
            SysResult connected = Connect(socket, address, port, out bool noPort);
            if (!connected.Failed || connected.Error == Errno.EINPROGRESS)
            {
                return Await(new UpstreamSocket(socket, this, port));
            }

            SocketIO.Close(socket);
            if (!noPort)
            {
                port?.Return();
                return (connected.Error == Errno.EAGAIN && WaitForBacklog())
                    || ConnectFailed(connected.Error.ToString(), !SaysNothingOfIt(connected.Error));
            }
        }

        return NoPortLeft(address);
    }

    /// <param name="socket">The socket.</param>
    /// <param name="address">Whither.</param>
    /// <param name="port">From which ports; null for a Unix socket.</param>
    /// <param name="noPort">It failed for want of a port, which has been returned.</param>
    private SysResult Connect(Descriptor socket, DestinationAddress address, PortPool? port, out bool noPort)
    {
        noPort = false;
        if (port is not null)
        {
            SocketOptions.SetNoDelay(socket);
            SocketOptions.SetKeepAlive(socket);
            noPort = !_cluster!.TryBind(socket, port, out SysResult bound);
            if (noPort)
            {
                return bound;
            }
        }

        SocketOptions.SuppressSigPipe(socket);
        SysResult connected = SocketIO.Connect(socket, address.EndPoint);
        if (port is not null && connected.Error == Errno.EADDRNOTAVAIL)
        {
            port.ReturnRefused();
            address.Failed(Loop.Now); // of two families, one may have no address here at all: the other comes first then
            noPort = true;
        }

        return connected;
    }

    private bool Await(UpstreamSocket upstream)
    {
        // Before the poller knows the socket: a connect that has ended already is reported by the very first wait.
        _upstream = upstream;
        _down = default;
        Loop.Arm(_timer, ConnectTime());
        upstream.Attach(Loop);
        return !upstream.IsClosed;
    }

    /// <summary>No source has a port left to an address: not the destination's fault, and nothing to wait for.</summary>
    /// <returns>False, for those who say whether a connect is under way.</returns>
    private bool NoPortLeft(DestinationAddress address)
    {
        _connectFailure = CloseReason.Limit;
        _cluster!.ReportExhausted(_place!.Destination, address);
        return false;
    }

    /// <summary>How long this connect may take: while there is another to try, half of the time is left for that.</summary>
    private TimeSpan ConnectTime() => HasAnother ? DialTime / 2 : DialTime;

    /// <summary>
    /// A Unix socket whose accept queue is full refuses at once (connect(2), EAGAIN) where TCP would send its SYN again;
    /// so the relay does. True if it waits.
    /// </summary>
    private bool WaitForBacklog()
    {
        bool waits = !HasAnother && DialTime > TimeSpan.Zero;
        if (waits)
        {
            _connectsAgain = true;
            Loop.Arm(_timer, BacklogCheck);
        }

        return waits;
    }

    /// <summary>
    /// The client has the last descriptor, and its upstream none: it waits for one to come back, for as long as the
    /// connect may take, while the listener accepts nobody else. True if it waits.
    /// </summary>
    private bool WaitForDescriptor(Errno error)
    {
        bool shortage = error.IsDescriptorShortage;
        if (shortage && DialTime > TimeSpan.Zero)
        {
            _connectsAgain = true;
            Listener.ReportShortage();
            Loop.Arm(_timer, DescriptorCheck);
            return true;
        }

        ConnectFailed(error.ToString(), isDestinationsFault: false);
        if (shortage)
        {
            Finish(CloseReason.Limit, reset: true); // another destination would need a descriptor too
        }

        return false;
    }

    // connect(2): no ephemeral port, no memory: every destination would look dead. A full backlog is alive.
    private static bool SaysNothingOfIt(Errno error) =>
        error == Errno.EADDRNOTAVAIL || error == Errno.ENOBUFS || error == Errno.ENOMEM || error == Errno.EAGAIN;
}
