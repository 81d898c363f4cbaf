using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>A connection that answers what it reads at once, with one send.</summary>
internal abstract class UpstreamConnection(in AcceptedSocket socket) : AcceptedConnection(socket)
{
    protected override string State => "open";

    protected override object? DestinationAddress => null;

    protected internal override void OnReadable(bool ending)
    {
        while (!IsClosed)
        {
            SysResult received = SocketIO.Receive(Descriptor, Loop.ReadBuffer);
            if (received.Failed || received.Value == 0)
            {
                if (!received.WouldBlock)
                {
                    Close(reset: false);
                }

                return;
            }

            OnReceived(Loop.ReadBuffer.AsSpan(0, received.Value));
            if (!ending && received.Value < Loop.ReadBuffer.Length)
            {
                return;
            }
        }
    }

    protected internal override void OnWritable()
    {
        // The answers are so short that the kernel always takes them whole.
    }

    protected abstract void OnReceived(ReadOnlySpan<byte> bytes);

    /// <summary>Sends an answer; a peer that does not take it whole is closed, so that no figure hides it.</summary>
    protected void Answer(ReadOnlySpan<byte> bytes)
    {
        SysResult sent = SocketIO.Send(Descriptor, bytes);
        if (sent.Failed || sent.Value != bytes.Length)
        {
            Close(reset: true);
        }
    }
}
