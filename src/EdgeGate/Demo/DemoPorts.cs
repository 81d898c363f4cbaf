using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Demo;

/// <summary>Where the demonstration listens: the usual ports, or free ones where those are taken.</summary>
internal sealed record DemoPorts(int Web, int Echo, int Datagrams, int Admin)
{
    public static DemoPorts Choose() => new(
        FreeOr(8080, SocketType.Stream), FreeOr(7000, SocketType.Stream), FreeOr(7001, SocketType.Dgram),
        FreeOr(9901, SocketType.Stream));

    private static int FreeOr(int usual, SocketType type)
    {
        try
        {
            return Probe(usual, type);
        }
        catch (SocketException)
        {
            return Probe(0, type);
        }
    }

    private static int Probe(int port, SocketType type)
    {
        ProtocolType protocol = type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp;
        using var probe = new Socket(AddressFamily.InterNetwork, type, protocol);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
