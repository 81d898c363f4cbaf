using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Demo;

/// <summary>Where the demonstration listens: the usual ports, or free ones where those are taken.</summary>
internal sealed record DemoPorts(int Web, int Echo, int Admin)
{
    public static DemoPorts Choose() => new(FreeOr(8080), FreeOr(7000), FreeOr(9901));

    private static int FreeOr(int usual)
    {
        try
        {
            return Probe(usual);
        }
        catch (SocketException)
        {
            return Probe(0);
        }
    }

    private static int Probe(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
