using System.Globalization;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>
/// A control group of the test's own with a memory limit, below the group that the test runs in (version 1), or below the
/// root (version 2, which has no processes in inner groups): cgroups(7).
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private readonly string _folder;
    private readonly bool _isVersionOne;

    private MemoryGroup(string folder, bool isVersionOne)
    {
        _folder = folder;
        _isVersionOne = isVersionOne;
    }

    /// <summary>What starts a command inside the group, to be written before it.</summary>
    public string[] Starter => ["sh", "-c", $"echo $$ > {_folder}/cgroup.procs && exec \"$@\"", "sh"];

    /// <summary>Bytes in use that the kernel cannot take back: without the file pages that nobody has used for a while.</summary>
    public long Used
    {
        get
        {
            string name = _isVersionOne ? "total_inactive_file " : "inactive_file ";
            string inactive = File.ReadLines(_folder + "/memory.stat").First(line => line.StartsWith(name, StringComparison.Ordinal));
            return Number(File.ReadAllText($"{_folder}/{(_isVersionOne ? "memory.usage_in_bytes" : "memory.current")}"))
                - Number(inactive[name.Length..]);
        }
    }

    /// <summary>How often the limit was hit and nothing could be taken back.</summary>
    public long Kills => _isVersionOne
        ? Number(Field(_folder + "/memory.oom_control", "oom_kill "))
        : Number(Field(_folder + "/memory.events", "oom_kill "));

    /// <summary>Makes a group; the test is skipped where none can be made, with the reason.</summary>
    public static MemoryGroup Create(long maxBytes)
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root makes control groups");
        foreach (var (parent, isVersionOne) in Parents())
        {
            string folder = Path.Combine(parent, $"edgegate-test-{Environment.ProcessId}-{Guid.NewGuid():N}");
            try
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(
                    $"{folder}/{(isVersionOne ? "memory.limit_in_bytes" : "memory.max")}",
                    maxBytes.ToString(CultureInfo.InvariantCulture));
                return new MemoryGroup(folder, isVersionOne);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{parent}: {e.Message}");
                TryDelete(folder);
            }
        }

        Assert.Skip("no control group with a memory limit can be made here");
        throw new InvalidOperationException();
    }

    public void Dispose() => TryDelete(_folder);

    private static IEnumerable<(string Parent, bool IsVersionOne)> Parents()
    {
        string[] own = File.ReadAllLines("/proc/self/cgroup");
        foreach (string[] mount in File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')))
        {
            int kind = Array.IndexOf(mount, "-") + 1;
            if (mount[kind] == "cgroup" && mount[^1].Split(',').Contains("memory"))
            {
                string place = own.Select(line => line.Split(':', 3)).First(g => g[1].Split(',').Contains("memory"))[2];
                yield return (mount[4] + (place == "/" ? "" : place), true);
            }
            else if (mount[kind] == "cgroup2")
            {
                yield return (mount[4], false);
            }
        }
    }

    // The kernel removes the files with the folder; a group in which a process still ends cannot be removed yet.
    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
        }
    }

    private static string Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..] ?? "0";

    private static long Number(string text) => long.Parse(text.Trim(), CultureInfo.InvariantCulture);
}
