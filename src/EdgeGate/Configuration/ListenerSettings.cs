using System.Collections.Immutable;
using System.Net;

namespace EdgeGate.Configuration;

/// <summary>What <c>Defaults</c> may set for all listeners and each listener for itself.</summary>
internal sealed record ListenerSettings
{
    /// <summary>The accept queue asked for; the kernel caps it at net.core.somaxconn.</summary>
    public int Backlog { get; init; } = 4096;

    public ProxyProtocolMode ProxyProtocol { get; init; } = ProxyProtocolMode.Off;

    /// <summary>Sources that may connect; empty means all.</summary>
    public ImmutableArray<IPNetwork> Allow { get; init; } = [];

    /// <summary>Sources that may not; asked before <see cref="Allow"/>.</summary>
    public ImmutableArray<IPNetwork> Deny { get; init; } = [];

    /// <summary>Null: only the gateway's own limit holds.</summary>
    public int? MaxConnections { get; init; }

    public int? MaxConnectionsPerSource { get; init; }

    /// <summary>How many leading bits of an IPv4 source make "one source".</summary>
    public int SourcePrefixV4 { get; init; } = 32;

    /// <summary>How many leading bits of an IPv6 source make "one source": a customer gets a /64.</summary>
    public int SourcePrefixV6 { get; init; } = 64;

    /// <summary>New connections a second from one source.</summary>
    public int? ConnectionRatePerSource { get; init; }

    public WhenFull WhenFull { get; init; } = WhenFull.Queue;

    /// <summary>
    /// How long a connection may carry nothing. For HTTP: between two requests.
    /// <see cref="Timeout.InfiniteTimeSpan"/> is for ever.
    /// </summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>How long reaching an upstream may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a client may take to send its first byte, and all of a PROXY header and of a TLS hello where they are
    /// read; <see cref="Timeout.InfiniteTimeSpan"/> where the server may speak first.
    /// </summary>
    public required TimeSpan FirstByteTimeout { get; init; }

    /// <summary>How long connections may go on once the listener drains.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>SO_RCVBUF in bytes; null leaves it to the kernel, which then tunes it by itself.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>SO_SNDBUF in bytes; null leaves it to the kernel, which then tunes it by itself.</summary>
    public int? SendBuffer { get; init; }

    /// <summary>
    /// What a listener has when nothing is said. HTTP keep-alive is short, because such a connection costs the
    /// client nothing to open again; a relay is long, because EdgeGate cannot know what the silence means. A
    /// relay waits for no first byte: in SMTP or MySQL it is the server that speaks first.
    /// </summary>
    public static ListenerSettings For(ListenerProtocol protocol) => protocol switch
    {
        ListenerProtocol.Http or ListenerProtocol.Https => new ListenerSettings
        {
            IdleTimeout = TimeSpan.FromSeconds(75),
            FirstByteTimeout = TimeSpan.FromSeconds(10),
        },
        ListenerProtocol.Tls => new ListenerSettings
        {
            IdleTimeout = TimeSpan.FromHours(1),
            FirstByteTimeout = TimeSpan.FromSeconds(10),
        },
        _ => new ListenerSettings
        {
            IdleTimeout = TimeSpan.FromHours(1),
            FirstByteTimeout = Timeout.InfiniteTimeSpan,
        },
    };
}
