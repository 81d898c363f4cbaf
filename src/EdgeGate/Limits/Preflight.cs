using EdgeGate.Configuration;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits;

/// <summary>Reads the kernel and plans: the step of the life cycle between validating and binding.</summary>
internal static class Preflight
{
    /// <param name="config">A valid configuration.</param>
    /// <param name="tuning">The tuning file, if there is one.</param>
    /// <param name="reader">Where the facts come from.</param>
    public static CapacityPlan Plan(GatewayConfig config, TuningFile? tuning, KernelFactsReader reader) =>
        CapacityPlan.Create(Read(tuning, reader), config, tuning);

    /// <summary>The plan of a daemon that is ready: its own descriptors are counted, not estimated.</summary>
    /// <param name="config">A valid configuration, perhaps another one than it was ready with.</param>
    /// <param name="tuning">The tuning file, if there is one.</param>
    /// <param name="reader">Where the facts come from.</param>
    /// <param name="idle">What it held when it had no connection.</param>
    /// <param name="connections">The connections that it has now, which the kernel counts too.</param>
    public static CapacityPlan PlanRunning(
        GatewayConfig config, TuningFile? tuning, KernelFactsReader reader, IdleDescriptors idle, long connections)
    {
        KernelFacts facts = Read(tuning, reader) with { OwnConnections = connections };
        return CapacityPlan.Create(facts with { OwnDescriptors = idle.With(facts, config) }, config, tuning);
    }

    /// <summary>Whether the daemon must not start with this plan.</summary>
    public static bool Refuses(GatewayConfig config, CapacityPlan plan) =>
        config.Kernel.Enforcement == KernelEnforcement.Refuse && plan.HasErrors;

    private static KernelFacts Read(TuningFile? tuning, KernelFactsReader reader)
    {
        KernelFacts facts = reader.Read(tuning?.Entries.Select(entry => entry.Key));
        return facts.OpenFiles is not null || OperatingSystem.IsLinux() ? facts : facts with { OpenFiles = OwnLimit() };
    }

    // Where there is no /proc, the limit is asked for by call.
    private static ResourceLimit OwnLimit()
    {
        DescriptorLimit limit = DescriptorLimit.Read();
        return new ResourceLimit(limit.Soft, limit.Hard);
    }
}
