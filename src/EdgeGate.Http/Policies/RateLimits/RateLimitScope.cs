namespace EdgeGate.Http.Policies;

/// <summary>Who shares the permits of a policy.</summary>
public enum RateLimitScope
{
    /// <summary>Each client, by its address.</summary>
    Client,

    /// <summary>Whoever sends the same value in a header; of those that send none, each client.</summary>
    Header,

    /// <summary>All requests of a route.</summary>
    Route,
}
