using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Layer4.Ports;

/// <summary>
/// What the kernel counts ports by. One port serves once for each source, destination address and destination port of
/// TCP; of UDP, where a socket has its port before it has a destination, only once for each source (udp(7)).
/// </summary>
/// <param name="Protocol">TCP or UDP: each has ports of its own.</param>
/// <param name="Source">Whence; null where the kernel chooses.</param>
/// <param name="Destination">Whither; null for UDP.</param>
public readonly record struct PortKey(ProtocolType Protocol, IPAddress? Source, IPEndPoint? Destination)
{
    /// <summary>The key of a connection.</summary>
    public static PortKey Of(ProtocolType protocol, IPAddress? source, IPEndPoint destination) =>
        new(protocol, source, protocol == ProtocolType.Udp ? null : destination);

    /// <summary>The source, for people.</summary>
    public string From => Source?.ToString() ?? "the kernel's choice";
}
