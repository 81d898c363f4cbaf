namespace EdgeGate.Configuration;

/// <summary>What a daemon does with findings when it starts.</summary>
internal enum KernelEnforcement
{
    Off,
    Warn,

    /// <summary>An error-level finding stops the start.</summary>
    Refuse,
}
