using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4;

/// <content>Waiting for a place where every destination has as many connections as it may.</content>
internal sealed partial class TcpRelay
{
    private RelayWaiter? _waiter;
    private bool _clientEnding;

    private sealed class RelayWaiter(TcpRelay relay) : PlaceWaiter(relay.Loop, relay.Remote?.Address)
    {
        /// <summary>When it joined the queue last, on the loop's clock.</summary>
        internal long Since { get; set; }

        /// <summary>When all its waiting must be over.</summary>
        internal long Deadline { get; } = relay.Loop.Now + (long)relay._cluster!.Settings.QueueTimeout.TotalMilliseconds;

        protected internal override void OnGranted(DestinationLease lease) => relay.OnPlaceGranted(lease);
    }

    private void Queue()
    {
        Transition(RelayState.Queued);
        if (CloseIfClientLeft())
        {
            return;
        }

        _waiter ??= new RelayWaiter(this);
        _waiter.Since = Loop.Now;
        TimeSpan time = TimeSpan.FromMilliseconds(_waiter.Deadline - Loop.Now);
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
        Loop.Disarm(_timer);
        Transition(RelayState.Connecting);
        _dialDeadline += Loop.Now - _waiter!.Since;
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
        if (_waiter is not null)
        {
            _cluster!.Queue.Leave(_waiter)?.Dispose();
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
