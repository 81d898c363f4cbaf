namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>Where the upstream listens on loopback.</summary>
internal sealed record UpstreamPorts(int Echo, int Source, int Http)
{
    internal static UpstreamPorts Free()
    {
        int[] ports = Ports.Free(3);
        return new UpstreamPorts(ports[0], ports[1], ports[2]);
    }
}
