using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <content>Waiting for a place where every destination has as many connections as it may.</content>
internal sealed partial class TcpRelay
{
    private RelayWaiter? _waiter;
    private long? _queueDeadline;
    private long _queuedAt;
    private bool _clientEnding;

    private sealed class RelayWaiter(TcpRelay relay) : PlaceWaiter(relay.Loop, relay.Remote?.Address)
    {
        protected internal override void OnGranted(DestinationLease lease) => relay.OnPlaceGranted(lease);
    }

    private void Queue()
    {
        Transition(RelayState.Queued);
        _queuedAt = Loop.Now;
        _queueDeadline ??= Loop.Now + (long)_cluster!.Settings.QueueTimeout.TotalMilliseconds; // for all its waiting
        TimeSpan time = TimeSpan.FromMilliseconds(_queueDeadline.Value - Loop.Now);
        if (CloseIfClientLeft())
        {
            return;
        }

        _waiter = new RelayWaiter(this);
        if (time <= TimeSpan.Zero || !_cluster!.Queue.TryJoin(_waiter))
        {
            RelayLog.Full(_lane.Log, Id, _cluster!.Name, _cluster!.QueueLength, "refused");
            Finish(CloseReason.Limit, reset: true);
            return;
        }

        Loop.Arm(_timer, time);
    }

    private void OnPlaceGranted(DestinationLease lease)
    {
        _waiter = null;
        Loop.Disarm(_timer);
        Transition(RelayState.Connecting);
        _dialDeadline += Loop.Now - _queuedAt;
        _tried = default; // what it waited for is any destination, those that it tried before among them
        Occupy(lease);
        ConnectNext();
    }

    private void OnQueueTimeout()
    {
        RelayLog.Full(_lane.Log, Id, _cluster!.Name, _cluster!.QueueLength, "no place in time");
        Finish(CloseReason.Timeout, reset: true);
    }

    private void LeaveQueue()
    {
        if (_waiter is { } waiter)
        {
            _waiter = null;
            _cluster!.Queue.Leave(waiter)?.Dispose();
        }
    }

    /// <summary>
    /// Whether a client that has ended its side is gone. Before the upstream is reached, a reset says so; in the queue, so
    /// does a FIN with nothing before it. A FIN after some bytes may be a whole request, whose answer is waited for.
    /// </summary>
    private bool CloseIfClientLeft()
    {
        bool left = _clientEnding
            && (SocketOptions.TakeError(Descriptor) != Errno.None
                || (_state == RelayState.Queued && !_up.HasKept && SocketIO.Peek(Descriptor) is { Failed: false, Value: 0 }));
        if (left)
        {
            Finish(CloseReason.Client, reset: true);
        }

        return left;
    }
}
