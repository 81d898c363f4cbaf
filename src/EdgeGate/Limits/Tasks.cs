namespace EdgeGate.Limits;

/// <summary>pids.max of the control group: threads count as tasks.</summary>
internal sealed class Tasks : Limit
{
    // The runtime's own threads, the thread pool at its usual size, and some to grow.
    private const int Runtime = 48;

    /// <summary>How many threads the daemon may come to have.</summary>
    public static long Needed(PlanInput input) => Runtime + input.Loops + (4 * input.Facts.Processors);

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        var needed = Needed(input);
        if (input.Facts.CgroupPids is { } limit && limit.Max - (limit.Current ?? 0) < needed)
        {
            yield return new Finding(
                Severity.Warning, "tasks", "the control group allows few threads",
                $"{limit.File} = {limit.Max}{Say.Now(limit.Current)}", $"{needed} free",
                "The daemon cannot start threads and fails with an OutOfMemoryException although there is memory; max in pids.events grows.",
                Remedy.Tasks(input, (limit.Current ?? 0) + needed));
        }
    }
}
