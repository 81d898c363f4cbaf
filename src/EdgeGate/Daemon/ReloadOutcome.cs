using EdgeGate.Configuration;

namespace EdgeGate.Daemon;

/// <summary>What became of a reload.</summary>
/// <param name="Source">The configuration that was read.</param>
internal sealed record ReloadOutcome(string Source)
{
    /// <summary>Why it was refused, all of it; the old configuration serves on. Empty: it was taken.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; init; } = [];

    /// <summary>What is odd about it.</summary>
    public IReadOnlyList<ConfigurationError> Warnings { get; init; } = [];

    /// <summary>Sections that have changed and take effect at the next start only.</summary>
    public IReadOnlyList<string> NeedRestart { get; init; } = [];

    /// <summary>Why certificates could not be read again; their old ones serve on.</summary>
    public IReadOnlyList<string> KeptCertificates { get; init; } = [];

    public SectionChanges Listeners { get; init; } = SectionChanges.None;

    public SectionChanges Routes { get; init; } = SectionChanges.None;

    public SectionChanges Clusters { get; init; } = SectionChanges.None;

    public bool Succeeded => Errors.Count == 0;
}
