using System.Globalization;

namespace EdgeGate.Native.Kernel;

/// <summary>
/// Finds the tightest limit of the control groups above this process. Version 1, version 2 and hosts with
/// both are told apart by what is mounted, controller by controller; see cgroups(7).
/// </summary>
internal sealed class CgroupReader
{
    // Version 1 has no word for "no limit": it writes the largest number of bytes in whole pages.
    private const long NoLimit = 1L << 60;

    private readonly ProcFiles _files;
    private readonly List<CgroupMount> _mounts;

    public CgroupReader(ProcFiles files)
    {
        _files = files;
        _mounts = CgroupMount.Read(files);
    }

    public CgroupLimit? Memory()
    {
        var one = Tightest("memory", "memory.limit_in_bytes", "memory.usage_in_bytes");
        var two = Tightest(null, "memory.max", "memory.current");
        return Smaller(Smaller(one, Hierarchical()), two);
    }

    public CgroupLimit? Pids() =>
        Smaller(Tightest("pids", "pids.max", "pids.current"), Tightest(null, "pids.max", "pids.current"));

    // Null names the version 2 hierarchy.
    private CgroupLimit? Tightest(string? controller, string limitFile, string usageFile)
    {
        CgroupLimit? tightest = null;
        foreach (var mount in _mounts.Where(mount => mount.Serves(controller)))
        {
            foreach (var directory in mount.DirectoriesUp())
            {
                var file = directory + "/" + limitFile;
                if (_files.Number(file) is { } max and < NoLimit)
                {
                    tightest = Smaller(tightest, new CgroupLimit(max, _files.Number(directory + "/" + usageFile), file));
                }
            }
        }

        return tightest;
    }

    // Inside a container the groups above are out of sight, but version 1 still tells what they leave.
    private CgroupLimit? Hierarchical()
    {
        foreach (var mount in _mounts.Where(mount => mount.Serves("memory")))
        {
            var directory = mount.DirectoriesUp().First();
            foreach (var line in _files.Lines(directory + "/memory.stat"))
            {
                if (line.Split(' ') is ["hierarchical_memory_limit", var text]
                    && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var max)
                    && max < NoLimit)
                {
                    var usage = _files.Number(directory + "/memory.usage_in_bytes");
                    return new CgroupLimit(max, usage, directory + "/memory.stat");
                }
            }
        }

        return null;
    }

    private static CgroupLimit? Smaller(CgroupLimit? one, CgroupLimit? two) =>
        one is null || (two is not null && two.Max < one.Max) ? two : one;
}
