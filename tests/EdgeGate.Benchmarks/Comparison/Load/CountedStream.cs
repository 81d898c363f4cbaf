using System.Net.Sockets;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>A socket's stream that counts what comes.</summary>
internal sealed class CountedStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>Bytes that have come.</summary>
    internal long Received { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await base.ReadAsync(buffer, cancellationToken);
        Received += count;
        return count;
    }
}
