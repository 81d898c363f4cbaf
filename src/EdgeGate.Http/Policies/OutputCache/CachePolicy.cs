using System.Collections.Immutable;

namespace EdgeGate.Http.Policies;

/// <summary>What of a route's answers is kept, and for how long.</summary>
public sealed record CachePolicy
{
    /// <summary>How long an answer is given again.</summary>
    public required TimeSpan Expiration { get; init; }

    /// <summary>The query parameters that tell answers apart; null: all of them.</summary>
    public ImmutableArray<string>? VaryByQuery { get; init; }

    /// <summary>The request headers that tell answers apart, beside <c>Accept-Encoding</c>.</summary>
    public ImmutableArray<string> VaryByHeader { get; init; } = [];

    /// <summary>Whether both keep the same answers.</summary>
    public bool IsSameAs(CachePolicy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Expiration == other.Expiration
            && VaryByHeader.SequenceEqual(other.VaryByHeader)
            && (VaryByQuery ?? []).SequenceEqual(other.VaryByQuery ?? [])
            && VaryByQuery.HasValue == other.VaryByQuery.HasValue;
    }
}
