using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>Sends as fast as the peer takes it, without end.</summary>
internal sealed class SourceConnection(in AcceptedSocket socket) : UpstreamConnection(socket)
{
    private const int SendsPerTurn = 16;

    private static readonly byte[] Bytes = new byte[64 * 1024];

    protected override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        // What the client says is of no interest.
    }

    protected internal override void OnWritable()
    {
        for (int i = 0; i < SendsPerTurn; i++)
        {
            if (IsClosed)
            {
                return;
            }

            SysResult sent = SocketIO.Send(Descriptor, Bytes);
            if (sent.Failed)
            {
                if (!sent.WouldBlock)
                {
                    Close(reset: true);
                }

                return; // writable will be reported
            }
        }

        Loop.Defer(static connection => ((SourceConnection)connection!).OnWritable(), this);
    }
}
