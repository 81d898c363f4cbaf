using System.Diagnostics;
using System.Globalization;

namespace EdgeGate.Benchmarks.Constants;

/// <summary>
/// A control group of its own for the daemon, to see what the kernel charges to it: version 1 or 2, cgroups(7).
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string One = "/sys/fs/cgroup/memory";
    private const string Two = "/sys/fs/cgroup";

    private readonly string _folder;
    private readonly bool _isTwo;

    private MemoryGroup(string parent, bool isTwo)
    {
        _folder = $"{parent}/edgegate-constants-{Environment.ProcessId}";
        _isTwo = isTwo;
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Makes one; null where that is not allowed, or memory is not controlled.</summary>
    internal static MemoryGroup? TryCreate()
    {
        try
        {
            if (File.Exists($"{One}/memory.limit_in_bytes"))
            {
                return new MemoryGroup(One, isTwo: false);
            }

            return File.Exists($"{Two}/cgroup.subtree_control")
                && File.ReadAllText($"{Two}/cgroup.subtree_control").Contains("memory", StringComparison.Ordinal)
                ? new MemoryGroup(Two, isTwo: true)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Starts a program within the group.</summary>
    internal ProcessStartInfo Enter(ProcessStartInfo start) => new(
        "/bin/sh", ["-c", $"echo $$ > {_folder}/cgroup.procs && exec \"$0\" \"$@\"", start.FileName, .. start.ArgumentList]);

    /// <summary>The kernel's memory that is charged to the group, in bytes: slabs, stacks, page tables, socket buffers.</summary>
    internal long KernelBytes() => _isTwo
        ? Stat("kernel") + Stat("sock")
        : long.Parse(File.ReadAllText($"{_folder}/memory.kmem.usage_in_bytes"), CultureInfo.InvariantCulture);

    /// <summary>The memory that only it can give back, in bytes: its kernel's and its own, without pages of files.</summary>
    internal long Bytes() => KernelBytes() + Stat(_isTwo ? "anon" : "rss");

    public void Dispose() => Directory.Delete(_folder);

    private long Stat(string name)
    {
        string line = File.ReadLines($"{_folder}/memory.stat").First(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
