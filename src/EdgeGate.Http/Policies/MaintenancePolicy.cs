using System.Collections.Immutable;
using System.Net;

namespace EdgeGate.Http.Policies;

/// <summary>Turns everybody away but those who do the work: 503.</summary>
public sealed record MaintenancePolicy
{
    /// <summary>Who still gets through.</summary>
    public ImmutableArray<IPNetwork> Allow { get; init; } = [];

    /// <summary>When the others may come again.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(5);
}
