using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Transport;

namespace EdgeGate.Daemon;

/// <summary>A configured listener, its sockets, and the Kestrel that serves them where it speaks HTTP.</summary>
/// <param name="Config">What it was configured as.</param>
/// <param name="Sockets">Its sockets: localhost has two.</param>
/// <param name="Http">Null on layer 4.</param>
internal sealed record ServedListener(
    ListenerConfig Config, IReadOnlyList<BoundSocket> Sockets, HttpListener? Http);

/// <summary>A listening socket.</summary>
/// <param name="Name">The listener that bound it.</param>
/// <param name="Wanted">The address as configured, perhaps with port 0.</param>
/// <param name="Listener">The socket.</param>
internal sealed record BoundSocket(string Name, EndPoint Wanted, Listener Listener)
{
    /// <summary>Whether it is the socket that a configuration asks for; a port that the kernel chose goes by the name.</summary>
    public bool Is(string name, EndPoint wanted) =>
        Wanted.Equals(wanted) && (Name == name || wanted is not IPEndPoint { Port: 0 });
}
