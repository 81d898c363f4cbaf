using System.Diagnostics;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;
using EdgeGate.Transport.ProxyProtocol;

namespace EdgeGate.Layer4;

/// <summary>
/// A client's connection, relayed to an upstream on the same loop. FINs travel each on their own (a half-close is
/// passed on and the other direction goes on), a reset travels as a reset. Nothing is allocated per event.
/// </summary>
internal sealed partial class TcpRelay : AcceptedConnection
{
    private readonly TcpRelayLane _lane;
    private readonly RelayTimer _timer;
    private UpstreamSocket? _upstream;
    private RelayDirection _up;
    private RelayDirection _down;
    private RelayState _state;
    private CloseReason _firstEnd;
    private bool _deferred;

    private sealed class RelayTimer(TcpRelay relay) : LoopTimer
    {
        protected override void OnTimer() => relay.OnTimer();
    }

    internal TcpRelay(in AcceptedSocket socket, TcpRelayLane lane)
        : base(socket)
    {
        _lane = lane;
        _timer = new RelayTimer(this);
        _state = lane.Greets ? RelayState.Greeting : RelayState.Connecting;
        _cluster = lane.Greets ? null : lane.Cluster;
        _proxyHeader = lane.Options.ProxyProtocol ? new ProxyHeaderReader() : null;
    }

    protected override string State => _state switch
    {
        RelayState.Greeting => "greeting",
        RelayState.Queued => "queued",
        RelayState.Connecting => "connecting",
        RelayState.Resetting => "resetting",
        _ when _up.SourceEnded || _down.SourceEnded => "half-closed",
        _ => "open",
    };

    public override string? Cluster => _cluster?.Name;

    public override long MemoryHeld =>
        base.MemoryHeld + _up.BytesKept + _down.BytesKept + (_upstream is { } upstream ? SocketMemory.Read(upstream.Descriptor) : 0);

    protected override object? DestinationAddress => _address?.EndPoint;

    protected override string? ServerName => _serverName;

    protected override void OnAttached()
    {
        base.OnAttached();
        if (_state == RelayState.Greeting)
        {
            BeginGreeting();
        }
        else
        {
            Dial();
        }
    }

    // The client was reported readable.
    protected override void OnReadable(bool ending)
    {
        _up.SourceReady(ending);
        if (_state == RelayState.Open)
        {
            OnReady(ending && _up.HasKept, Descriptor);
        }
        else if (_state == RelayState.Greeting)
        {
            ReadGreeting(ending);
        }
        else if (ending && _state is RelayState.Queued or RelayState.Connecting)
        {
            _clientEnding = true;
            CloseIfClientLeft();
        }
    }

    protected override void OnWritable()
    {
        if (_state == RelayState.Open)
        {
            PumpBoth();
        }
    }

    internal void OnUpstreamReadable(UpstreamSocket from, bool ending)
    {
        _down.SourceReady(ending);
        if (_state == RelayState.Open)
        {
            OnReady(ending && _down.HasKept, from.Descriptor);
        }
    }

    internal void OnUpstreamWritable(UpstreamSocket from)
    {
        if (_state == RelayState.Connecting)
        {
            OnConnectEnded(SocketOptions.TakeError(from.Descriptor));
        }
        else if (_state == RelayState.Open)
        {
            PumpBoth();
        }
    }

    /// <param name="stuckEnding">
    /// The source ends, but cannot be read because its direction is held back; only asking tells whether it was reset.
    /// </param>
    /// <param name="source">The source that was reported.</param>
    private void OnReady(bool stuckEnding, Descriptor source)
    {
        if (stuckEnding && SocketOptions.TakeError(source) != Errno.None)
        {
            BeginReset(source == Descriptor ? CloseReason.Client : CloseReason.Upstream);
            return;
        }

        PumpBoth();
    }

    private void PumpBoth()
    {
        Descriptor upstream = _upstream!.Descriptor;
        PumpResult up = _up.Pump(Loop, Descriptor, upstream);
        CountUp(up);
        if (up.Outcome == PumpOutcome.SinkFailed)
        {
            // The upstream takes no more, but what it said before may still wait to be read.
            _up.Break(Loop);
            _down.SourceReady(ending: true);
        }

        PumpResult down = _down.Pump(Loop, upstream, Descriptor);
        CountDown(down);
        if (down.Outcome == PumpOutcome.SinkFailed)
        {
            _down.Break(Loop);
            _up.SourceReady(ending: true);
        }

        AfterPump(up.Outcome, down.Outcome);
    }

    private void AfterPump(PumpOutcome up, PumpOutcome down)
    {
        NoteFirstEnd();
        if (up == PumpOutcome.SourceFailed || (_down.IsBroken && (_up.IsFinished || _up.HasKept)))
        {
            BeginReset(CloseReason.Client);
        }
        else if (down == PumpOutcome.SourceFailed || (_up.IsBroken && _down.IsFinished && !_down.HasKept))
        {
            BeginReset(CloseReason.Upstream);
        }
        else if (_up.IsFinished && _down.IsFinished)
        {
            Finish(_firstEnd, reset: false);
        }
        else if (up == PumpOutcome.Again || down is PumpOutcome.Again or PumpOutcome.SinkFailed)
        {
            PumpLater();
        }
    }

    private void AllowSplice()
    {
        if (_lane.Options.Splice)
        {
            _up.AllowSplice();
            _down.AllowSplice();
        }
    }

    private void NoteFirstEnd()
    {
        if (_firstEnd == CloseReason.None && (_up.SourceEnded || _down.SourceEnded))
        {
            _firstEnd = _up.SourceEnded ? CloseReason.Client : CloseReason.Upstream;
        }
    }

    private void CountUp(in PumpResult result)
    {
        if (result.Received > 0)
        {
            CountReceived(result.Received);
        }

        if (result.Sent > 0)
        {
            CountUpstreamSent(result.Sent);
        }
    }

    private void CountDown(in PumpResult result)
    {
        if (result.Received > 0)
        {
            CountUpstreamReceived(result.Received);
        }

        if (result.Sent > 0)
        {
            CountSent(result.Sent);
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
                    var relay = (TcpRelay)state!;
                    relay._deferred = false;
                    if (relay._state == RelayState.Open)
                    {
                        relay.PumpBoth();
                    }
                },
                this);
        }
    }

    private void OnTimer()
    {
        switch (_state)
        {
            case RelayState.Greeting:
                Finish(CloseReason.Timeout, reset: false);
                break;
            case RelayState.Queued:
                OnQueueTimeout();
                break;
            case RelayState.Connecting:
                OnConnectTimer();
                break;
            case RelayState.Resetting:
                ResetWhenDelivered();
                break;
            case RelayState.Open:
                TimeSpan idle = TimeSpan.FromMilliseconds(Loop.Now - LastActivity);
                if (idle >= _lane.Options.IdleTimeout)
                {
                    Finish(CloseReason.Idle, reset: false);
                }
                else
                {
                    ArmIdleTimer(_lane.Options.IdleTimeout - idle);
                }

                break;
        }
    }

    private void ArmIdleTimer(TimeSpan delay)
    {
        // Activity only moves a number; the timer looks at it when it fires. Re-arming per event would cost more.
        if (_lane.Options.IdleTimeout > TimeSpan.Zero)
        {
            Loop.Arm(_timer, delay);
        }
        else
        {
            Loop.Disarm(_timer);
        }
    }

    private void Finish(CloseReason reason, bool reset)
    {
        SetReason(reason);
        _upstream?.Close(reset);
        Close(reset); // does nothing the second time
    }

    protected override void OnClosed()
    {
        Transition(RelayState.Closed);
        Loop.Disarm(_timer);
        _upstream?.Close(reset: true); // closed already, unless somebody ended the client's side alone
        LeaveQueue();
        _place?.Dispose(); // after the upstream's descriptor: only then is the place free
        DiscardGreeting();
        _up.Discard(Loop);
        _down.Discard(Loop);
        RelayLog.Closed(_lane.Log, Id, Remote?.ToString() ?? "", Destination, Reason);
        base.OnClosed();
    }

    private void Transition(RelayState next)
    {
        Debug.Assert(
            next > _state || (_state, next) is (RelayState.Connecting, RelayState.Queued),
            $"a relay cannot go from {_state} to {next}");
        _state = next;
    }
}
