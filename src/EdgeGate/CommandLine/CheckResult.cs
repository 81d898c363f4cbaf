using EdgeGate.Configuration;
using EdgeGate.Limits;

namespace EdgeGate.CommandLine;

/// <summary>What check found out.</summary>
/// <param name="Source">The configuration.</param>
/// <param name="Note">What to say about which configuration was taken, or null.</param>
/// <param name="Errors">What is wrong with it; then there is no plan.</param>
/// <param name="Warnings">What is odd about it.</param>
/// <param name="Plan">The capacity plan, or null.</param>
internal sealed record CheckResult(
    string Source,
    string? Note,
    IReadOnlyList<ConfigurationError> Errors,
    IReadOnlyList<ConfigurationError> Warnings,
    CapacityPlan? Plan)
{
    public int ExitCode => this switch
    {
        { Plan: null } => CommandLine.ExitCode.Configuration,
        { Plan.HasErrors: true } => CommandLine.ExitCode.Failed,
        _ => CommandLine.ExitCode.Good,
    };
}
