using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Layer4.Udp;
using EdgeGate.Transport;

namespace EdgeGate.Daemon;

/// <summary>A configured listener, its sockets, and the Kestrel that serves them where it speaks HTTP.</summary>
/// <param name="Config">What it was configured as.</param>
/// <param name="Sockets">Its sockets: localhost has two.</param>
/// <param name="Http">Null on layer 4.</param>
internal sealed record ServedListener(
    ListenerConfig Config, IReadOnlyList<BoundSocket> Sockets, HttpListener? Http);

/// <summary>A listener's socket.</summary>
/// <param name="Name">The listener that bound it.</param>
/// <param name="Wanted">The address as configured, perhaps with port 0.</param>
/// <param name="Socket">The socket: of streams, or of datagrams.</param>
internal sealed record BoundSocket(string Name, EndPoint Wanted, ListenerSocket Socket)
{
    /// <summary>The socket as one of streams; only where it is one.</summary>
    public Listener Listener => (Listener)Socket;

    /// <summary>Whether it is the socket that a configuration asks for; a port that the kernel chose goes by the name.</summary>
    public bool Is(ListenerConfig config, EndPoint wanted) =>
        Wanted.Equals(wanted)
        && Socket is UdpListener == (config.Protocol == ListenerProtocol.Udp)
        && (Name == config.Name || wanted is not IPEndPoint { Port: 0 });
}
