using System.Diagnostics;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <content>
/// Reaching the upstream: a few addresses of a few destinations, one after the other, within the connect time-out in all.
/// </content>
internal sealed partial class TcpRelay
{
    private const int MaxConnects = 8;
    private static readonly TimeSpan DescriptorCheck = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BacklogCheck = TimeSpan.FromMilliseconds(20);

    private CloseReason _connectFailure = CloseReason.Upstream;
    private DestinationLease? _place;
    private TriedDestinations _tried;
    private AddressWalk _addresses;
    private DestinationAddress? _address;
    private bool _isDestinationsFault;
    private bool _connectsAgain;
    private int _connects;
    private long _dialDeadline;
    private long _connectBegan;

    private TimeSpan DialTime => TimeSpan.FromMilliseconds(Math.Max(0, _dialDeadline - Loop.Now));

    private bool IsDialOver => _connects >= MaxConnects || Loop.Now >= _dialDeadline;

    private bool HasAnother => _connects < MaxConnects
        && (_addresses.HasMore || (!_tried.IsFull && _cluster!.HasUntried(_tried)));

    private void Dial()
    {
        _dialDeadline = Loop.Now + (long)_lane.Options.ConnectTimeout.TotalMilliseconds;
        ConnectNext();
    }

    private void ConnectNext()
    {
        while (!IsClosed && (_place is not null || TakePlace()))
        {
            if (IsDialOver || !_addresses.TryNext(Loop.Now, out _address))
            {
                GivePlaceBack();
            }
            else
            {
                _connects++;
                if (BeginConnect(_address))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Gets a place at the next destination; false if the relay waits for one, or has ended.</summary>
    private bool TakePlace()
    {
        PickOutcome outcome = _tried.IsFull || IsDialOver
            ? PickOutcome.None
            : _cluster!.TryPick(new PickContext(Remote?.Address, _tried), out _place);
        switch (outcome)
        {
            case PickOutcome.Picked:
                Occupy(_place!);
                return true;
            case PickOutcome.Full:
                Queue();
                return false;
            default:
                if (_tried.Count == 0)
                {
                    RelayLog.NoDestination(_lane.Log, Id, _cluster!.Name);
                }

                Finish(_connectFailure, reset: false);
                return false;
        }
    }

    private void Occupy(DestinationLease place)
    {
        _place = place;
        _tried.Add(place.Destination);
        _addresses = place.Destination.Walk();
        _isDestinationsFault = false;
    }

    /// <summary>None of the destination's addresses was reached.</summary>
    private void GivePlaceBack()
    {
        if (_isDestinationsFault)
        {
            _place!.ReportFailure();
        }

        _place!.Dispose();
        _place = null;
    }

    /// <summary>Begins a connect; false if it has failed already, or nothing is left to try.</summary>
    private bool BeginConnect(DestinationAddress address)
    {
        _connectBegan = Stopwatch.GetTimestamp();
        SysResult opened = SocketFactory.OpenStream(address.EndPoint.AddressFamily);
        if (opened.Failed)
        {
            return WaitForDescriptor(opened.Error);
        }

        var upstream = new UpstreamSocket(new Descriptor(opened.Value), this);
        if (address.IsTcp)
        {
            SocketOptions.SetNoDelay(upstream.Descriptor);
            SocketOptions.SetKeepAlive(upstream.Descriptor);
        }

        SocketOptions.SuppressSigPipe(upstream.Descriptor);
        SysResult connected = SocketIO.Connect(upstream.Descriptor, address.EndPoint);
        if (connected.Failed && connected.Error != Errno.EINPROGRESS)
        {
            upstream.Close(reset: false);
            return (connected.Error == Errno.EAGAIN && WaitForBacklog())
                || ConnectFailed(connected.Error.ToString(), !SaysNothingOfIt(connected.Error));
        }

        // Before the poller knows the socket: a connect that has ended already is reported by the very first wait.
        _upstream = upstream;
        _down = default;
        Loop.Arm(_timer, ConnectTime());
        upstream.Attach(Loop);
        return !upstream.IsClosed;
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

    private void OnConnectTimer()
    {
        if (_connectsAgain)
        {
            _connectsAgain = false;
            if (!BeginConnect(_address!))
            {
                ConnectNext();
            }

            return;
        }

        _connectFailure = CloseReason.Timeout;
        TryAnother($"no answer within {Stopwatch.GetElapsedTime(_connectBegan).TotalSeconds:F1} s");
    }

    private void OnConnectEnded(Errno error)
    {
        if (error != Errno.None)
        {
            _connectFailure = CloseReason.Upstream;
            TryAnother(error.ToString());
            return;
        }

        _place!.ReportConnected();
        _lane.Metrics.Connected(_cluster!, _place.Destination, Stopwatch.GetElapsedTime(_connectBegan));
        Transition(RelayState.Open);
        AddProxyHeader();
        AllowSplice();
        ArmIdleTimer(_lane.Options.IdleTimeout);
        PumpBoth();
    }

    private void TryAnother(string error)
    {
        ConnectFailed(error, isDestinationsFault: true);
        Loop.Disarm(_timer);
        _upstream!.Close(reset: true);
        _upstream = null;
        ConnectNext();
    }

    /// <returns>False, for those who say whether a connect is under way.</returns>
    private bool ConnectFailed(string error, bool isDestinationsFault)
    {
        _isDestinationsFault |= isDestinationsFault;
        _address!.Failed(Loop.Now);
        _lane.Metrics.ConnectFailed(_cluster!, _place!.Destination);
        RelayLog.ConnectFailed(
            _lane.Log, Id, _cluster!.Name, _place.Destination.Id, _address.EndPoint.ToString()!, error);
        return false;
    }

    // connect(2): no ephemeral port, no memory: every destination would look dead. A full backlog is alive.
    private static bool SaysNothingOfIt(Errno error) =>
        error == Errno.EADDRNOTAVAIL || error == Errno.ENOBUFS || error == Errno.ENOMEM || error == Errno.EAGAIN;
}
