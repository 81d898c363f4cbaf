using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Benchmarks.Comparison;

/// <summary>Loopback ports that nobody listens on.</summary>
internal static class Ports
{
    /// <summary>All are held until all are known, so no two are the same.</summary>
    internal static int[] Free(int count)
    {
        var probes = new Socket[count];
        for (int i = 0; i < count; i++)
        {
            probes[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probes[i].Bind(new IPEndPoint(IPAddress.Loopback, 0));
        }

        int[] ports = [.. probes.Select(probe => ((IPEndPoint)probe.LocalEndPoint!).Port)];
        Array.ForEach(probes, probe => probe.Dispose());
        return ports;
    }
}
