using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Layer4.Udp;

/// <summary>
/// What one client says to one destination, and the answers. Its socket is connected to the destination, so the kernel
/// lets nobody else answer and reports refusals; to the client it speaks through the listener's socket.
/// </summary>
internal sealed class UdpFlow : AcceptedConnection
{
    private const int ReadsPerTurn = 4; // full batches; then others have their turn

    private readonly UdpListener _listener;
    private readonly UdpRelayLane _lane;
    private readonly DestinationLease _place;
    private readonly FlowTarget _target;
    private readonly DatagramPath _path;
    private readonly IdleTimer _timer;
    private bool _deferred;

    private sealed class IdleTimer(UdpFlow flow) : LoopTimer
    {
        protected override void OnTimer() => flow.OnTimer();
    }

    /// <param name="socket">The target's socket, and the lease.</param>
    /// <param name="listener">Whose flow it is.</param>
    /// <param name="lane">Time-outs and limits.</param>
    /// <param name="place">The destination's, taken for the flow's life.</param>
    /// <param name="target">What the socket is connected to; its port is the flow's to return.</param>
    /// <param name="path">Between the client and this machine.</param>
    internal UdpFlow(
        in AcceptedSocket socket,
        UdpListener listener,
        UdpRelayLane lane,
        DestinationLease place,
        in FlowTarget target,
        in DatagramPath path)
        : base(socket)
    {
        _listener = listener;
        _lane = lane;
        _place = place;
        _target = target;
        _path = path;
        _timer = new IdleTimer(this);
    }

    public override string? Cluster => _lane.Cluster.Name;

    /// <summary>Whether the destination refused what came last; the flow may go elsewhere.</summary>
    internal bool IsRefused { get; private set; }

    /// <summary>Where it goes.</summary>
    internal Destination To => _place.Destination;

    /// <summary>The flow's first and last datagram in the listener's batch; −1 while it has none.</summary>
    internal int FirstRequest { get; set; } = -1;

    internal int LastRequest { get; set; } = -1;

    /// <summary>Between the client and this machine.</summary>
    internal DatagramPath Path => _path;

    /// <summary>Where its client is heard when another process reads the listener's socket; null before that.</summary>
    internal UdpInlet? Inlet { get; set; }

    /// <summary>Whether it waits until the listener's socket takes more answers.</summary>
    internal bool IsHeld { get; set; }

    protected override string State => IsRefused ? "refused" : "open";

    protected override object? DestinationAddress => _target.Address.EndPoint;

    protected override bool IsTcp => false;

    // Never for writing: a UDP socket reports that after each datagram, and what it does not take is dropped.
    protected override Interest Interest => Interest.Readable | Interest.EdgeTriggered;

    protected override void OnAttached()
    {
        base.OnAttached();
        Loop.Arm(_timer, _lane.Options.FlowIdleTimeout);
    }

    /// <summary>Ends, so that the client's next datagram begins a flow to another destination.</summary>
    internal void GiveUp()
    {
        SetReason(CloseReason.Upstream);
        Close(reset: false);
    }

    /// <summary>
    /// Sends the queued datagrams of the client. What the kernel does not take now is dropped, as on any router: to wait
    /// would hold up the other flows, which share the listener's socket.
    /// </summary>
    internal void Forward(DatagramBatch queued, int bytes)
    {
        CountReceived(bytes);
        int failedAt = -1;
        int dropped = 0;
        while (queued.Pending > 0)
        {
            SysResult sent = queued.Send(Descriptor);
            if (!sent.Failed)
            {
                continue;
            }

            // The error may be that of an earlier datagram (ICMP, udp(7)); then nothing was sent, and a second call does.
            bool first = failedAt != queued.Pending;
            failedAt = queued.Pending;
            if (IsRefusal(sent.Error))
            {
                OnRefused(sent.Error);
            }

            if (!first || !IsRefusal(sent.Error))
            {
                dropped += queued.Skip();
            }
        }

        CountForwarded(bytes, dropped);
    }

    /// <summary>Takes the answers and hands them to the listener, until there are none or others should have their turn.</summary>
    internal void Pump()
    {
        for (int i = 0; i < ReadsPerTurn; i++)
        {
            if (IsClosed || !_listener.TakesReplies(this))
            {
                return;
            }

            SysResult received = _listener.ReceiveReplies(Descriptor, _path, out int bytes, out bool emptied);
            if (received.WouldBlock)
            {
                return;
            }

            if (received.Failed)
            {
                OnRefused(received.Error);
                continue;
            }

            IsRefused = false;
            _place.ReportConnected();
            CountUpstreamReceived(bytes);
            CountSent(bytes);
            if (emptied)
            {
                return;
            }
        }

        PumpLater();
    }

    protected override void OnReadable(bool ending) => Pump();

    protected override void OnWritable()
    {
        // Reported with errors only, and reading finds those.
    }

    protected override void OnClosed()
    {
        Loop.Disarm(_timer);
        Inlet?.End();
        _listener.Forget(_path);
        _target.Port.Return();
        _place.Dispose();
        if (_lane.Log.IsEnabled(LogLevel.Debug))
        {
            UdpRelayLog.Closed(_lane.Log, Id, Remote?.ToString() ?? "", Destination, Reason);
        }

        base.OnClosed();
    }

    private static bool IsRefusal(Errno error) => !(
        error == Errno.EAGAIN || error == Errno.ENOBUFS || error == Errno.ENOMEM || error == Errno.EMSGSIZE
        || error == Errno.EPERM || error == Errno.EINVAL);

    private void CountForwarded(int bytes, int dropped)
    {
        if (dropped > 0)
        {
            Cell.AddDropped(DropReason.Send, dropped);
        }
        else
        {
            CountUpstreamSent(bytes);
        }
    }

    // Told once, not for every datagram that a client goes on to send.
    private void OnRefused(Errno error)
    {
        if (!IsRefused)
        {
            IsRefused = true;
            _place.ReportFailure();
            _target.Address.Failed(Loop.Now);
            _lane.Metrics.ConnectFailed(_lane.Cluster, To);
            if (_listener.MayLogFailure())
            {
                UdpRelayLog.Refused(
                    _lane.Log, Id, _lane.Cluster.Name, To.Id, Destination, error.ToString());
            }
        }
    }

    private void PumpLater()
    {
        if (!_deferred)
        {
            _deferred = true;
            Loop.Defer(
                static state =>
                {
                    var flow = (UdpFlow)state!;
                    flow._deferred = false;
                    flow.Pump();
                },
                this);
        }
    }

    private void OnTimer()
    {
        // Activity only moves a number, and the timer looks at it when it fires.
        TimeSpan idle = TimeSpan.FromMilliseconds(Loop.Now - LastActivity);
        if (idle >= _lane.Options.FlowIdleTimeout)
        {
            SetReason(CloseReason.Idle);
            Close(reset: false);
        }
        else
        {
            Loop.Arm(_timer, _lane.Options.FlowIdleTimeout - idle);
        }
    }
}
