namespace EdgeGate.Http.Policies;

/// <summary>The cache of answers, and the policies that fill it.</summary>
public sealed record OutputCachePolicies
{
    /// <summary>What all answers together may take, in bytes; the oldest go.</summary>
    public long SizeLimitBytes { get; init; } = 100 << 20;

    /// <summary>The largest body that is kept, in bytes.</summary>
    public long MaxBodyBytes { get; init; } = 8 << 20;

    /// <summary>The policies, by the names that routes give them.</summary>
    public required IReadOnlyDictionary<string, CachePolicy> Policies { get; init; }

    /// <summary>Whether both keep the same answers, so that what one has kept serves the other.</summary>
    public bool IsSameAs(OutputCachePolicies other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return SizeLimitBytes == other.SizeLimitBytes && MaxBodyBytes == other.MaxBodyBytes && Policies.Count == other.Policies.Count
            && Policies.All(p => other.Policies.TryGetValue(p.Key, out CachePolicy? same) && p.Value.IsSameAs(same));
    }
}
