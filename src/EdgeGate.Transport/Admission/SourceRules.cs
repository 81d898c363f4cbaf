namespace EdgeGate.Transport.Admission;

/// <summary>Which sources a listener lets in, and how much of each.</summary>
public sealed record SourceRules
{
    /// <summary>All are let in, without a limit.</summary>
    public static SourceRules None { get; } = new();

    /// <summary>Who may come; empty is everybody.</summary>
    public NetworkSet Allow { get; init; } = NetworkSet.Empty;

    /// <summary>Who may not; asked before <see cref="Allow"/>.</summary>
    public NetworkSet Deny { get; init; } = NetworkSet.Empty;

    /// <summary>At most so many connections of one source at once; null is no limit.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>New connections a second of one source, as many at once after a second's silence; null is no limit.</summary>
    public int? ConnectionsPerSecond { get; init; }

    /// <summary>How many leading bits of an IPv4 address make one source.</summary>
    public int PrefixV4 { get; init; } = 32;

    /// <summary>How many leading bits of an IPv6 address make one source: a customer gets a /64 (RFC 6177).</summary>
    public int PrefixV6 { get; init; } = 64;

    internal bool CountSources => MaxConnections is not null || ConnectionsPerSecond is not null;
}
