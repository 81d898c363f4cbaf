namespace EdgeGate.Layer4.Udp;

/// <summary>How a UDP relay behaves.</summary>
public sealed record UdpRelayOptions
{
    /// <summary>How long a flow may carry nothing, in either direction, before it is forgotten.</summary>
    public TimeSpan FlowIdleTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
