namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>Where the upstream listens on loopback: on TCP, and with the last two on UDP.</summary>
internal sealed record UpstreamPorts(int Echo, int Source, int Http, int Datagrams, int Counter)
{
    internal static UpstreamPorts Free()
    {
        int[] ports = Ports.Free(5);
        return new UpstreamPorts(ports[0], ports[1], ports[2], ports[3], ports[4]);
    }
}
