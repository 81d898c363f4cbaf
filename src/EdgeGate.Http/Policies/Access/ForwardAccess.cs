using System.Collections.Immutable;

namespace EdgeGate.Http.Policies;

/// <summary>Whoever an authentication server lets in, which is asked about each request.</summary>
public sealed record ForwardAccess : AccessPolicy
{
    /// <summary>The cluster that is asked.</summary>
    public required string Cluster { get; init; }

    /// <summary>The path, and query, that is asked for there.</summary>
    public required string Path { get; init; }

    /// <summary>The headers of its answer that the upstream gets. A client's own ones of these names are taken out.</summary>
    public ImmutableArray<string> CopyHeaders { get; init; } = [];

    /// <summary>How long it may take; 504 after that.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
