namespace EdgeGate.Limits;

/// <summary>Memory of the machine or of the control group, whichever is less, times MemoryFraction.</summary>
internal sealed class Memory : Limit
{
    // What the daemon takes with no connection at all.
    private const long Idle = 96L << 20;

    /// <summary>The memory with which so many connections fit, in MiB, MemoryFraction counted in.</summary>
    public static long NeededMebibytes(PlanInput input, long connections)
    {
        var cost = ConnectionCost.Dearest(input.Config);
        return Mebibytes(input, Idle + (connections * (cost.UserBytes + cost.KernelBytes)));
    }

    private static long Mebibytes(PlanInput input, long needed) =>
        (long)(needed / input.Config.Limits.MemoryFraction / (1 << 20)) + 1;

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        var facts = input.Facts;
        var group = facts.CgroupMemory;
        var total = Math.Min(group?.Max ?? long.MaxValue, facts.TotalMemory ?? long.MaxValue);
        if (total == long.MaxValue)
        {
            yield break;
        }

        var cost = ConnectionCost.Dearest(input.Config);
        var fraction = input.Config.Limits.MemoryFraction;
        var each = cost.UserBytes + cost.KernelBytes;
        var needed = Idle + (connections * each);
        if (needed > total * fraction)
        {
            var bound = group?.Max == total ? $"memory limit {Say.Bytes(total)} ({group.File})" : $"memory {Say.Bytes(total)}";
            var enough = Mebibytes(input, needed);
            yield return new Finding(
                Severity.Warning, "memory", "memory is small for the plan",
                $"{bound} × MemoryFraction {fraction}",
                $"about {Say.Bytes(needed)} for {Say.Number(connections)} idle connections at {Say.Bytes(each)} each",
                "The kernel kills the daemon (oom_kill in memory.events) or the machine swaps, once that many connections are there.",
                group?.Max == total
                    ? $"MemoryMax={enough}M"
                    : $"\"MaxConnections\": {Math.Max(1, (long)((total * fraction) - Idle) / each)}");
        }
    }
}
