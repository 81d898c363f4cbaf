using EdgeGate.Native;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Transport;

/// <summary>
/// A connection that was told that it does not fit, until its client has had time to read that: closing over bytes that
/// are still to come would be a reset, which can overtake the answer (RFC 9112, section 9.6). It has no lease, so there
/// are never more than a few of them, and none lives for longer than a second.
/// </summary>
internal sealed class RefusedSocket(Descriptor descriptor, Action closed) : LoopSocket(descriptor)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // What a client may still send before it is cut off: a request with its headers, not an upload.
    private const int MaxBytes = 64 * 1024;

    private Deadline? _deadline;
    private int _read;

    private sealed class Deadline(RefusedSocket socket) : LoopTimer
    {
        protected internal override void OnTimer() => socket.Close(reset: false);
    }

    protected override void OnAttached() => Loop.Arm(_deadline = new Deadline(this), Patience);

    protected internal override void OnReadable(bool ending)
    {
        while (!IsClosed)
        {
            SysResult result = SocketIO.Receive(Descriptor, Loop.ReadBuffer);
            if (result.WouldBlock)
            {
                return;
            }

            _read += result.Value;
            if (result.Failed || result.Value == 0 || _read > MaxBytes)
            {
                Close(reset: false);
            }
        }
    }

    protected internal override void OnWritable()
    {
        // The answer was sent at once, and there is nothing else to say.
    }

    protected override void OnClosed()
    {
        if (_deadline is { } deadline)
        {
            Loop.Disarm(deadline);
        }

        closed();
    }
}
