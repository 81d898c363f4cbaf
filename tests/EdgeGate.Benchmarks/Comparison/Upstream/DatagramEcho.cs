using EdgeGate.Native.Sockets;

namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>Sends back what comes.</summary>
internal sealed class DatagramEcho(int port) : DatagramServer(port)
{
    protected override void OnReceived(DatagramBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            batch.Enqueue(i, batch.PathOf(i));
        }
    }
}
