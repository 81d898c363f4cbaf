namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>What carries the bytes beneath Kestrel.</summary>
public enum GatewayTransport
{
    /// <summary>The sockets transport that comes with Kestrel: the oracle for ours.</summary>
    Stock,

    /// <summary>EdgeGate's own event loops.</summary>
    Native,

    /// <summary>The loops, the gateway's own client for upstreams on them, and Kestrel on them too.</summary>
    Loops,
}
