namespace EdgeGate.Configuration;

internal sealed record KernelConfig
{
    /// <summary>A sysctl.d(5) file with the operator's wishes; absolute, or null.</summary>
    public string? TuningFile { get; init; }

    public KernelEnforcement Enforcement { get; init; } = KernelEnforcement.Warn;
}
