using EdgeGate.Transport;

namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>Sends back what comes.</summary>
internal sealed class EchoConnection(in AcceptedSocket socket) : UpstreamConnection(socket)
{
    protected override void OnReceived(ReadOnlySpan<byte> bytes) => Answer(bytes);
}
