namespace EdgeGate.Http.Policies;

/// <summary>How many requests are let through.</summary>
public sealed record RateLimitPolicy
{
    /// <summary>How permits come back.</summary>
    public required RateLimitKind Kind { get; init; }

    /// <summary>Requests in a <see cref="Window"/>, or at once for <see cref="RateLimitKind.Concurrency"/>.</summary>
    public required int Permits { get; init; }

    /// <summary>The time that <see cref="Permits"/> are for.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Parts of a sliding window.</summary>
    public int Segments { get; init; } = 10;

    /// <summary>What a token bucket holds.</summary>
    public int Burst { get; init; }

    /// <summary>Requests that wait for a permit, the oldest first, instead of being answered 429.</summary>
    public int Queue { get; init; }

    /// <summary>Who shares the permits.</summary>
    public RateLimitScope By { get; init; } = RateLimitScope.Client;

    /// <summary>The header, for <see cref="RateLimitScope.Header"/>.</summary>
    public string Header { get; init; } = "";

    /// <summary>How many leading bits of an IPv4 address make one client.</summary>
    public int PrefixV4 { get; init; } = 32;

    /// <summary>How many leading bits of an IPv6 address make one client: a customer gets a /64.</summary>
    public int PrefixV6 { get; init; } = 64;
}
