using System.Net;
using System.Net.Sockets;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>Free loopback ports, for programs that must be told theirs beforehand.</summary>
internal static class Ports
{
    /// <summary>
    /// A port that nobody listens on, from below the range of the ephemeral ones: there, no outgoing connection of
    /// a test can take it before the program binds it.
    /// </summary>
    public static int Free()
    {
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            int port = Random.Shared.Next(12_000, 32_000);
            if (IsFree(port) && IsFree(port, SocketType.Dgram))
            {
                return port;
            }
        }

        throw new InvalidOperationException("no free loopback port");
    }

    /// <summary>Whether nobody listens on a loopback port.</summary>
    public static bool IsFree(int port, SocketType type = SocketType.Stream)
    {
        var protocol = type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp;
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
