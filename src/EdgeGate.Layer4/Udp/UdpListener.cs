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
    private const int BatchesPerTurn = 4;

    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(100);

    private readonly DatagramBatch _requests = new(BatchSize, named: true);
    private readonly int[] _nextOfFlow = new int[BatchSize];
    private readonly UdpFlow[] _addressed = new UdpFlow[BatchSize];
    private readonly UdpFlowTable<UdpFlow> _flows = new();
    private readonly PauseTimer _pauseTimer;
    private UdpRelayLane? _lane;
    private volatile UdpListenerState _state; // see TryResume
    private uint _overflows;
    private int _addressedCount;
    private bool _attached;

    private sealed class PauseTimer(UdpListener listener) : LoopTimer
    {
        protected override void OnTimer() => listener.UpdateInterest(reads: true);
    }

    private UdpListener(OwnedDescriptor descriptor, ListenerOptions options, TransportServices services)
        : base(descriptor, options, services) => _pauseTimer = new PauseTimer(this);

    /// <inheritdoc/>
    public override bool HasStopped => _state != UdpListenerState.Serving;

    /// <inheritdoc/>
    protected override Interest Interest => Interest.Readable;

    /// <summary>Binds; datagrams wait in the kernel's buffer until <see cref="Serve"/>.</summary>
    /// <param name="options">How; the end point is an address and a port.</param>
    /// <param name="services">Loops, gate and metrics.</param>
    /// <exception cref="SysException">EADDRINUSE, EACCES and the like; the message names the listener.</exception>
    public static UdpListener Bind(ListenerOptions options, TransportServices services)
    {
        try
        {
            OwnedDescriptor descriptor = SocketFactory.BindDatagram(
                (IPEndPoint)options.EndPoint, bound => Configure(bound, options));
            return new UdpListener(descriptor, options, services);
        }
        catch (SysException e)
        {
            throw new SysException($"listener {options.Name}: cannot bind {options.EndPoint}", e.Error);
        }
    }

    /// <summary>
    /// Has a lane serve the flows that begin from now on: begins to receive, or changes what becomes of new flows. Those
    /// that exist keep the lane and the destination that they have.
    /// </summary>
    /// <param name="lane">Who serves them.</param>
    /// <param name="options">Other options for the same socket; null leaves those it has.</param>
    public void Serve(UdpRelayLane lane, ListenerOptions? options = null) =>
        Home.Post(static change => ((Action)change!)(), () => Change(lane, options ?? Options));

    /// <summary>
    /// Begins no more flows. The socket stays open while there are flows, because their answers leave from it.
    /// </summary>
    public override Task StopAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Home.Post(
            _ =>
            {
                BeginDraining();
                stopped.SetResult();
            },
            null);
        return stopped.Task;
    }

    // Against the race with the last flow, which ends on the loop: whoever exchanges first decides whether it closes.
    /// <inheritdoc/>
    public override bool TryResume() =>
        Interlocked.CompareExchange(ref _state, UdpListenerState.Serving, UdpListenerState.Draining)
            == UdpListenerState.Draining;

    /// <inheritdoc/>
    protected override void OnReadable(bool ending)
    {
        for (int i = 0; i < BatchesPerTurn && !IsClosed; i++)
        {
            _requests.Clear();
            SysResult received = _requests.Receive(Descriptor);
            if (received.Failed)
            {
                OnReceiveFailed(received);
                return;
            }

            CountOverflows();
            SortByFlow();
            Forward();
            if (received.Value < BatchSize)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        _state = UdpListenerState.Closed;
        Home.Disarm(_pauseTimer);
    }

    /// <summary>Takes a flow out of the table: it has closed.</summary>
    internal void Forget(UdpFlow flow, in DatagramPath path, UdpSource source)
    {
        _flows.Remove(path, source, flow);
        if (_flows.Count == 0 && _state == UdpListenerState.Draining)
        {
            // Later, because whoever closed the flow may still be about to use the socket.
            Loop.Defer(static listener => ((UdpListener)listener!).CloseIfDrained(), this);
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
        }

        _lane = lane;
        if (!_attached)
        {
            _attached = true;
            Attach(Home);
        }
    }

    private void BeginDraining()
    {
        if (Interlocked.CompareExchange(ref _state, UdpListenerState.Draining, UdpListenerState.Serving)
            == UdpListenerState.Serving)
        {
            CloseIfDrained();
        }
    }

    private void CloseIfDrained()
    {
        // See TryResume.
        if (_flows.Count == 0
            && Interlocked.CompareExchange(ref _state, UdpListenerState.Closed, UdpListenerState.Draining)
                == UdpListenerState.Draining)
        {
            Flush();
            Close(reset: false);
        }
    }

    /// <summary>Finds each datagram's flow, and chains the datagrams of one flow in the order that they came in.</summary>
    private void SortByFlow()
    {
        for (int i = 0; i < _requests.Count; i++)
        {
            DatagramPath path = _requests.PathOf(i);
            if (FlowOf(path) is not { } flow)
            {
                continue;
            }

            _nextOfFlow[i] = -1;
            if (flow.FirstRequest < 0)
            {
                flow.FirstRequest = i;
                _addressed[_addressedCount++] = flow;
            }
            else
            {
                _nextOfFlow[flow.LastRequest] = i;
            }

            flow.LastRequest = i;
        }
    }

    private void Forward()
    {
        for (int i = 0; i < _addressedCount; i++)
        {
            UdpFlow flow = _addressed[i];
            int bytes = 0;
            for (int request = flow.FirstRequest; request >= 0; request = _nextOfFlow[request])
            {
                _requests.Enqueue(request);
                bytes += _requests.LengthOf(request);
            }

            flow.FirstRequest = flow.LastRequest = -1;
            flow.Forward(_requests, bytes);
        }

        Array.Clear(_addressed, 0, _addressedCount);
        _addressedCount = 0;
    }

    private void CountOverflows()
    {
        uint now = _requests.Overflows;
        if (now != _overflows)
        {
            Stats.For(Loop).AddDropped(DropReason.Queue, now - _overflows); // unsigned, so it may go round
            _overflows = now;
        }
    }

    private void OnReceiveFailed(SysResult result)
    {
        // Level-triggered and left armed, an error that lasts would be reported for ever.
        if (!result.WouldBlock)
        {
            if (MayLogFailure())
            {
                UdpRelayLog.CannotReceive(Log, Name, ErrorPause, result.Error.ToString());
            }

            UpdateInterest(reads: false);
            Loop.Arm(_pauseTimer, ErrorPause);
        }
    }
}
