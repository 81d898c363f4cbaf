using EdgeGate.Native;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Layer4.Udp;

/// <content>
/// The way back. The answers of all flows that a turn of the loop reports go into one batch, which is sent when it is
/// full or the turn ends. While the socket takes no more, flows are not read: what their upstreams send waits, as far as
/// there is room, in the kernel's buffers.
/// </content>
public sealed partial class UdpListener
{
    private readonly DatagramBatch _replies = new(BatchSize, named: false);
    private readonly List<UdpFlow> _held = [];
    private bool _flushDeferred;
    private bool _blocked;
    private bool _reads = true;

    /// <summary>Whether there is room for an answer; else the flow is told when there is.</summary>
    internal bool TakesReplies(UdpFlow flow)
    {
        if (!_blocked && _replies.Count == BatchSize)
        {
            Flush();
        }

        if (_blocked && !flow.IsHeld)
        {
            flow.IsHeld = true;
            _held.Add(flow);
        }

        return !_blocked && !IsClosed;
    }

    /// <summary>Receives answers from an upstream, to be sent to a flow's client.</summary>
    internal SysResult ReceiveReplies(Descriptor upstream, in DatagramPath path, out int bytes, out bool emptied)
    {
        bytes = 0;
        int first = _replies.Count;
        SysResult received = _replies.Receive(upstream);
        for (int i = first; i < _replies.Count; i++)
        {
            bytes += _replies.LengthOf(i);
            _replies.Enqueue(i, path);
        }

        emptied = _replies.Count < BatchSize;
        if (received.Value > 0 && !_flushDeferred)
        {
            _flushDeferred = true;
            Loop.Defer(
                static state =>
                {
                    var listener = (UdpListener)state!;
                    listener._flushDeferred = false;
                    listener.Flush();
                },
                this);
        }

        return received;
    }

    /// <inheritdoc/>
    protected override void OnWritable()
    {
        if (!_blocked)
        {
            return;
        }

        _blocked = false;
        UpdateInterest(_reads);
        Flush();
        if (!_blocked)
        {
            ResumeHeld();
        }
    }

    private void Flush()
    {
        if (IsClosed || _blocked)
        {
            return;
        }

        while (_replies.Pending > 0)
        {
            SysResult sent = _replies.Send(Descriptor);
            if (sent.WouldBlock)
            {
                _blocked = true;
                UpdateInterest(_reads);
                return;
            }

            if (sent.Failed)
            {
                // Of this datagram alone: its client has no route any more, or the local address has gone.
                Stats.For(Loop).AddDropped(DropReason.Send, _replies.Skip());
            }
        }

        _replies.Clear();
    }

    private void ResumeHeld()
    {
        // Only those who wait now: the socket may be full again before they have all had their turn.
        int count = _held.Count;
        for (int i = 0; i < count; i++)
        {
            UdpFlow flow = _held[i];
            flow.IsHeld = false;
            flow.Pump();
        }

        _held.RemoveRange(0, count);
    }

    // For writing only while it is awaited: a UDP socket reports it after each datagram.
    private void UpdateInterest(bool reads)
    {
        _reads = reads;
        Interest wanted = reads ? Interest.Readable : Interest.None;
        ChangeInterest(_blocked ? wanted | Interest.Writable : wanted);
    }
}
