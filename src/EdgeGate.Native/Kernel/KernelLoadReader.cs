using System.Globalization;

namespace EdgeGate.Native.Kernel;

/// <summary>
/// Reads <see cref="KernelLoad"/>, a handful of small files, again and again while the daemon runs. Never throws for what
/// it cannot read.
/// </summary>
public sealed class KernelLoadReader
{
    private readonly ProcFiles _files;
    private readonly CgroupReader _cgroups;

    /// <param name="root">The directory that holds <c>proc</c> and <c>sys</c>.</param>
    public KernelLoadReader(string root = "/")
    {
        _files = new ProcFiles(root);
        _cgroups = new CgroupReader(_files); // a process stays in its group
    }

    /// <summary>Reads all of it.</summary>
    public KernelLoad Read()
    {
        CgroupLimit? group = _cgroups.Memory();
        string? folder = group is null ? null : Path.GetDirectoryName(group.File);
        return new KernelLoad
        {
            GroupMemory = group?.Current is { } current ? Math.Max(0, current - InactiveFile(folder!)) : null,
            GroupMemoryMax = group?.Max,
            ProcessMemory = ReadProcess(),
            MemoryStall = (folder is null ? null : ReadStall(folder + "/memory.pressure")) ?? ReadStall("proc/pressure/memory"),
            ConntrackCount = _files.Number("proc/sys/net/netfilter/nf_conntrack_count"),
            Sockets = NetworkCounters.ReadSockets(_files),
            Netstat = NetworkCounters.ReadNetstat(_files),
        };
    }

    // Version 1 counts the groups below in the fields named total_; version 2 counts them in all of its fields.
    private long InactiveFile(string folder)
    {
        long own = 0;
        foreach (string line in _files.Lines(folder + "/memory.stat"))
        {
            if (line.Split(' ') is [("inactive_file" or "total_inactive_file") and var name, var text]
                && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
            {
                own = name == "inactive_file" ? Math.Max(own, bytes) : bytes;
            }
        }

        return own;
    }

    // "size resident shared text lib data dt", in pages
    private long? ReadProcess() =>
        _files.Text("proc/self/statm")?.Split(' ') is [_, var resident, var shared, ..]
        && long.TryParse(resident, NumberStyles.None, CultureInfo.InvariantCulture, out long pages)
        && long.TryParse(shared, NumberStyles.None, CultureInfo.InvariantCulture, out long others)
            ? (pages - others) * Environment.SystemPageSize
            : null;

    // "some avg10=1.53 avg60=0.87 avg300=0.22 total=2451"
    private double? ReadStall(string file) =>
        _files.Lines(file).FirstOrDefault()?.Split(' ') is ["some", var average, ..]
        && average.StartsWith("avg10=", StringComparison.Ordinal)
        && double.TryParse(average["avg10=".Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out double percent)
            ? percent / 100
            : null;
}
