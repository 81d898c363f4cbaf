using System.Collections.Immutable;
using EdgeGate.Http;

namespace EdgeGate.Configuration;

/// <summary>One listener, with what <c>Defaults</c> says filled in.</summary>
internal sealed record ListenerConfig
{
    public required string Name { get; init; }

    public required BindAddress Bind { get; init; }

    /// <summary>Who may connect to a Unix socket.</summary>
    public UnixFileMode SocketMode { get; init; }

    public required ListenerProtocol Protocol { get; init; }

    /// <summary>Where tcp and udp go, and tls that no SNI route names.</summary>
    public string? Cluster { get; init; }

    public TlsConfig? Tls { get; init; }

    /// <summary>Server name to cluster, for tls; a name may be followed by <c>/</c> and a protocol of ALPN.</summary>
    public ImmutableSortedDictionary<string, string> SniRoutes { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Every cluster that a listener of layer 4 leads to.</summary>
    public IEnumerable<string> Clusters =>
        SniRoutes.Values.Append(Cluster).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long a UDP flow may be silent.</summary>
    public TimeSpan FlowIdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public required ListenerSettings Settings { get; init; }

    /// <summary>What one client of http or https may cost: <c>EdgeGate:Http:Limits</c>.</summary>
    public HttpLimits HttpLimits { get; init; } = new();
}
