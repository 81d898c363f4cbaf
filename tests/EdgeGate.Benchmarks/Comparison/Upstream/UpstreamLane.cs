using EdgeGate.Transport;

namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>A lane that ends at the upstream itself.</summary>
internal sealed class UpstreamLane(UpstreamLane.Factory create) : ILane
{
    internal delegate AcceptedConnection Factory(in AcceptedSocket socket);

    public int DescriptorsPerConnection => 1;

    public ReadOnlySpan<byte> Refusal => [];

    public AcceptedConnection CreateConnection(in AcceptedSocket socket) => create(socket);
}
