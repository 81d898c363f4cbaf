using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Benchmarks.Comparison;

/// <summary>Loopback ports that nobody listens on, neither for TCP nor for UDP.</summary>
internal static class Ports
{
    private static readonly HashSet<int> Given = [];

    /// <summary>No port is given twice, though those who got the first ones may not listen yet.</summary>
    internal static int[] Free(int count)
    {
        var ports = new List<int>();
        while (ports.Count < count)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            int port = ((IPEndPoint)probe.LocalEndPoint!).Port;
            if (IsFreeForDatagrams(port) && Given.Add(port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    private static bool IsFreeForDatagrams(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
