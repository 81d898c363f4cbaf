using EdgeGate.Limits;
using Microsoft.Extensions.Configuration;

namespace EdgeGate.Configuration;

/// <summary>What became of reading a configuration: all of it, or all that is wrong with it.</summary>
internal sealed record LoadedConfiguration
{
    /// <summary>The file, or what stands in for one.</summary>
    public required string Source { get; init; }

    /// <summary>The configuration; null when there are errors.</summary>
    public GatewayConfig? Config { get; init; }

    /// <summary>The tuning file that it names, read.</summary>
    public TuningFile? Tuning { get; init; }

    /// <summary>All keys, for what reads its own, such as Logging.</summary>
    public IConfiguration Root { get; init; } = new ConfigurationBuilder().Build();

    public IReadOnlyList<ConfigurationError> Errors { get; init; } = [];

    public IReadOnlyList<ConfigurationError> Warnings { get; init; } = [];
}
