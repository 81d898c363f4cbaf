using System.Net;
using EdgeGate.Native;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4.Udp;

/// <summary>
/// A UDP socket on a loop, and the flows of its clients on the same loop. It receives datagrams in batches, sorts them
/// by flow and sends each flow's on with one call; answers of many flows leave together too. Nothing is allocated per
/// datagram.
/// </summary>
/// <remarks>
/// Where the kernel can spread datagrams over sockets of one address by their client (Linux, SO_REUSEPORT), there is one
/// such socket on each loop. The first of them stands for all: whoever is outside knows no other. They drain and close
/// together, because one that closes would change which client comes to which.
///
/// A flow begins with the first datagram of a client and ends when nothing has gone through for long enough: UDP has no
/// other end. It is level-triggered, so what it leaves in the kernel's buffer is reported again.
/// </remarks>
public sealed partial class UdpListener : ListenerSocket
{
    /// <summary>
    /// SO_RCVBUF in bytes where nothing is said. All clients share one socket, and the kernel tunes the buffer of a TCP
    /// socket by itself, but never that of a UDP one. It grants as much of this as net.core.rmem_max allows.
    /// </summary>
    public const int DefaultReceiveBufferBytes = 4 * 1024 * 1024;

    private const int BatchSize = 64;

    private readonly Dictionary<DatagramPath, UdpFlow> _flows = [];
    private readonly UdpAdmission _admission;
    private readonly UdpListener _first;
    private readonly UdpListener[] _all; // of the first alone
    private UdpRelayLane? _lane;
    private bool _attached;

    private UdpListener(IReadOnlyList<OwnedDescriptor> sockets, ListenerOptions options, TransportServices services)
        : base(sockets[0], options, services)
    {
        _pauseTimer = new PauseTimer(this);
        _admission = new UdpAdmission();
        _first = this;
        _all = [this, .. sockets.Skip(1).Select(socket => new UdpListener(socket, options, services, this))];
    }

    private UdpListener(
        OwnedDescriptor socket, ListenerOptions options, TransportServices services, UdpListener first)
        : base(socket, options, services)
    {
        _pauseTimer = new PauseTimer(this);
        _admission = first._admission;
        _first = first;
        _all = [];
    }

    /// <inheritdoc/>
    public override bool HasStopped => _admission.State != UdpListenerState.Serving;

    /// <inheritdoc/>
    protected override Interest Interest => Interest.Readable;

    /// <summary>Binds; datagrams wait in the kernel's buffer until <see cref="Serve"/>.</summary>
    /// <param name="options">How; the end point is an address and a port.</param>
    /// <param name="services">Loops, gate and metrics.</param>
    /// <exception cref="SysException">EADDRINUSE, EACCES and the like; the message names the listener.</exception>
    public static UdpListener Bind(ListenerOptions options, TransportServices services)
    {
        var sockets = new List<OwnedDescriptor>();
        try
        {
            BindAll(sockets, options, OperatingSystem.IsLinux() ? services.Loops.Loops.Count : 1);
            var listener = new UdpListener(sockets, options, services);
            listener.ReadBack(options);
            return listener;
        }
        catch (SysException e)
        {
            sockets.ForEach(socket => socket.Dispose());
            throw new SysException($"listener {options.Name}: cannot bind {options.EndPoint}", e.Error);
        }
    }

    /// <summary>
    /// Takes over sockets of one address that another process bound, each to live on a loop. There are as many as there
    /// are: one more could be bound beside them only by the user who bound the first (SO_REUSEPORT, socket(7)), and what
    /// waits on it would be lost when this process ends.
    /// </summary>
    /// <param name="sockets">At least one; they are this listener's from now on.</param>
    /// <param name="options">How; the end point is the sockets' own address.</param>
    /// <param name="services">Loops, gate and metrics.</param>
    public static UdpListener Adopt(
        IReadOnlyList<OwnedDescriptor> sockets, ListenerOptions options, TransportServices services)
    {
        foreach (OwnedDescriptor socket in sockets)
        {
            Configure(socket.Descriptor, options);
        }

        var listener = new UdpListener(sockets, options, services);
        listener.ReadBack(options);
        return listener;
    }

    /// <summary>
    /// Has a lane serve the flows that begin from now on: begins to receive, or changes what becomes of new flows. Those
    /// that exist keep the lane and the destination that they have.
    /// </summary>
    /// <param name="lane">Who serves them.</param>
    /// <param name="options">Other options for the same socket; null leaves those it has.</param>
    public void Serve(UdpRelayLane lane, ListenerOptions? options = null)
    {
        foreach (UdpListener socket in _all)
        {
            socket.Home.Post(static change => ((Action)change!)(), () => socket.Change(lane, options ?? Options));
        }
    }

    /// <summary>
    /// Begins no more flows. The sockets stay open while there are flows, because their answers leave from them.
    /// </summary>
    public override Task StopAsync()
    {
        _admission.Drain();
        return CloseAllIfDrainedAsync();
    }

    /// <inheritdoc/>
    public override bool TryResume() => _admission.TryResume();

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        Home.Disarm(_pauseTimer);
    }

    /// <summary>Takes a flow out of the table: it has closed.</summary>
    internal void Forget(in DatagramPath path)
    {
        _flows.Remove(path);
        if (_admission.Leave())
        {
            // Posted, here too, because whoever closed the flow may still be about to use the socket.
            _ = _first.CloseAllIfDrainedAsync();
        }
    }

    /// <summary>Binds as many sockets as are wanted; all but the first share its address.</summary>
    private static void BindAll(List<OwnedDescriptor> sockets, ListenerOptions options, int count)
    {
        // Only then told to share it: so the address of another process is found to be taken.
        var wanted = (IPEndPoint)options.EndPoint;
        sockets.Add(SocketFactory.BindDatagram(wanted, bound => Configure(bound, options)));
        if (count == 1)
        {
            return;
        }

        SocketOptions.SetReusePort(sockets[0].Descriptor);
        var chosen = new IPEndPoint(wanted.Address, SocketFactory.LocalAddress(sockets[0].Descriptor)!.Port);
        while (sockets.Count < count)
        {
            sockets.Add(SocketFactory.BindDatagram(
                chosen,
                bound =>
                {
                    SocketOptions.SetReusePort(bound);
                    Configure(bound, options);
                }));
        }
    }

    private static void Configure(Descriptor descriptor, ListenerOptions options)
    {
        SocketOptions.SetReceiveBuffer(descriptor, options.ReceiveBufferBytes ?? DefaultReceiveBufferBytes);
        if (options.SendBufferBytes is { } send)
        {
            SocketOptions.SetSendBuffer(descriptor, send);
        }

        SocketOptions.SetReceiveOffload(descriptor);
        SocketOptions.SetReceiveOverflows(descriptor);
        var endPoint = (IPEndPoint)options.EndPoint;
        if (endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any))
        {
            SocketOptions.SetReceiveDestination(descriptor, endPoint.AddressFamily);
        }
    }

    private void Change(UdpRelayLane lane, ListenerOptions options)
    {
        if (IsClosed)
        {
            return;
        }

        if (!ReferenceEquals(options, Options))
        {
            Configure(Descriptor, options);
            Adopt(options);
            if (_first == this)
            {
                ReadBack(options); // of the others it is the same
            }
        }

        _lane = lane;
        if (!_attached)
        {
            _attached = true;
            Attach(Home);
        }
    }

    private Task CloseAllIfDrainedAsync() => Task.WhenAll(_all.Select(socket =>
    {
        var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        socket.Home.Post(
            _ =>
            {
                socket.CloseIfDrained();
                looked.SetResult();
            },
            null);
        return looked.Task;
    }));

    private void CloseIfDrained()
    {
        if (_admission.TryClose())
        {
            Flush();
            Close(reset: false);
        }
    }
}
