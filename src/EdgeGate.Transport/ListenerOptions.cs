using System.Net;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Transport;

/// <summary>How a listener accepts.</summary>
public sealed record ListenerOptions
{
    /// <summary>Its name in the configuration, and in logs and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>Its protocol in logs and metrics: tcp, http, https.</summary>
    public required string Protocol { get; init; }

    /// <summary>Where it listens: an address and a port, where 0 lets the kernel choose, or a Unix socket's path.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>Who may connect to a Unix socket; null leaves it to the umask.</summary>
    public UnixFileMode? SocketMode { get; init; }

    /// <summary>The wanted accept queue; the kernel caps it at net.core.somaxconn.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Its share of the connections; the sockets of one listener (localhost has two) share it.</summary>
    public ListenerQuota Quota { get; init; } = new(long.MaxValue);

    /// <summary>Whom it lets in by where they come from; its sockets share it.</summary>
    public SourceGate Sources { get; init; } = new(SourceRules.None);

    /// <summary>Whether connections begin with a PROXY header: who connects is the proxy, and the header tells the source.</summary>
    public bool HasProxyHeader { get; init; }

    /// <summary>What happens to one more.</summary>
    public WhenFull WhenFull { get; init; } = WhenFull.Queue;

    /// <summary>SO_RCVBUF of its connections in bytes; null leaves the kernel's own tuning on.</summary>
    public int? ReceiveBufferBytes { get; init; }

    /// <summary>SO_SNDBUF of its connections in bytes; null leaves the kernel's own tuning on.</summary>
    public int? SendBufferBytes { get; init; }
}
