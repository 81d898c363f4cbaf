namespace EdgeGate.Layer4.Udp;

/// <summary>How a UDP relay behaves.</summary>
public sealed record UdpRelayOptions
{
    /// <summary>How long a flow may carry nothing, in either direction, before it is forgotten.</summary>
    public TimeSpan FlowIdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>At most this many flows of one source at once; null is no limit but the listener's own.</summary>
    public int? MaxFlowsPerSource { get; init; }

    /// <summary>How many leading bits of an IPv4 address make one source.</summary>
    public int SourcePrefixV4 { get; init; } = 32;

    /// <summary>How many leading bits of an IPv6 address make one source.</summary>
    public int SourcePrefixV6 { get; init; } = 64;
}
