using EdgeGate.Limits;
using EdgeGate.Native.Kernel;
using EdgeGate.Tests.Configuration;

namespace EdgeGate.Tests.Limits;

/// <summary>Makes plans for machines described in a test.</summary>
internal static class Plans
{
    /// <summary>A machine on which only the descriptors bind.</summary>
    public static KernelFacts Machine(long descriptors, params (string Name, string Value)[] sysctls)
    {
        var facts = new KernelFacts
        {
            OpenFiles = new ResourceLimit(1024, descriptors),
            Processors = 2,
            TotalMemory = 1L << 40,
        };
        foreach (var (name, value) in sysctls)
        {
            facts = facts with { Sysctls = facts.Sysctls.SetItem(name, value) };
        }

        return facts;
    }

    public static async Task<CapacityPlan> MakeAsync(KernelFacts facts, string? json = null, string? tuning = null) =>
        CapacityPlan.Create(
            facts, await Loaded.GoodAsync(json ?? Loaded.Json()),
            tuning is null ? null : TuningFile.Parse("my.conf", tuning));

    public static Finding Only(this CapacityPlan plan, string id) => Assert.Single(plan.Findings, f => f.Id == id);

    public static void Silent(this CapacityPlan plan, string id) => Assert.DoesNotContain(plan.Findings, f => f.Id == id);
}
