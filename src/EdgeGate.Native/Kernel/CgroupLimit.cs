namespace EdgeGate.Native.Kernel;

/// <summary>The tightest limit of one kind on the way from the process's control group to the root.</summary>
/// <param name="Max">Bytes for memory, tasks for pids.</param>
/// <param name="Current">What the group that sets the limit uses now, or null if unknown.</param>
/// <param name="File">The file that holds the limit, for the person who must change it.</param>
public sealed record CgroupLimit(long Max, long? Current, string File)
{
    /// <summary>Whether it is one of version 1's memory controller: memory.limit_in_bytes, or what memory.stat tells.</summary>
    public bool IsVersionOne => !File.EndsWith(".max", StringComparison.Ordinal);
}
