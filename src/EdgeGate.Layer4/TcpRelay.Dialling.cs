using System.Diagnostics;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <content>
/// Reaching the upstream: a few addresses of a few destinations, one after the other, within the connect time-out in all.
/// </content>
internal sealed partial class TcpRelay
{
    private const int MaxConnects = 8;

    private CloseReason _connectFailure = CloseReason.Upstream;
    private DestinationLease? _place;
    private TriedDestinations _tried;
    private AddressWalk _addresses;
    private DestinationAddress? _address;
    private bool _isDestinationsFault;
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

                Finish(_connectFailure, reset: _connectFailure == CloseReason.Limit);
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
}
