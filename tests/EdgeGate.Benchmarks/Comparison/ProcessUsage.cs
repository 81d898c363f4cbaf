using System.Globalization;

namespace EdgeGate.Benchmarks.Comparison;

/// <summary>What a process and its children have used, as the kernel counts it: proc_pid_stat(5).</summary>
/// <param name="UserSeconds">CPU time in user mode.</param>
/// <param name="SystemSeconds">CPU time in the kernel.</param>
internal readonly record struct ProcessUsage(double UserSeconds, double SystemSeconds)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux

    internal double Seconds => UserSeconds + SystemSeconds;

    /// <summary>Of a process and those it has started.</summary>
    internal static ProcessUsage Of(int processId) =>
        WithChildren(processId).Select(OfOne).Aggregate(
            (sum, each) => new(sum.UserSeconds + each.UserSeconds, sum.SystemSeconds + each.SystemSeconds));

    private static ProcessUsage OfOne(int processId)
    {
        // User and system time are the 14th and 15th field; the 3rd is the first one here.
        string[] fields = StatFields(processId);
        return new ProcessUsage(
            double.Parse(fields[11], CultureInfo.InvariantCulture) / TicksPerSecond,
            double.Parse(fields[12], CultureInfo.InvariantCulture) / TicksPerSecond);
    }

    /// <summary>
    /// User memory in bytes, without pages of files: what the process has allocated, its compiled code included. Pages
    /// that forked processes share count once.
    /// </summary>
    internal static long OwnMemory(int processId) => Memory(processId, "Pss_Anon:", "Pss_Shmem:");

    /// <summary>Resident memory in bytes, pages of files included, shared pages by their share.</summary>
    internal static long ResidentMemory(int processId) => Memory(processId, "Pss:");

    public static ProcessUsage operator -(ProcessUsage later, ProcessUsage earlier) =>
        new(later.UserSeconds - earlier.UserSeconds, later.SystemSeconds - earlier.SystemSeconds);

    private static long Memory(int processId, params string[] keys)
    {
        long kilobytes = 0;
        foreach (int id in WithChildren(processId))
        {
            foreach (string line in File.ReadLines($"/proc/{id}/smaps_rollup"))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (keys.Contains(words[0]))
                {
                    kilobytes += long.Parse(words[1], CultureInfo.InvariantCulture);
                }
            }
        }

        return kilobytes * 1024;
    }

    /// <summary>The process and those it has started.</summary>
    internal static IEnumerable<int> WithChildren(int processId)
    {
        yield return processId;
        string parent = processId.ToString(CultureInfo.InvariantCulture);
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int id) && ParentOf(id) == parent)
            {
                yield return id;
            }
        }
    }

    private static string? ParentOf(int processId)
    {
        try
        {
            return StatFields(processId)[1];
        }
        catch (IOException)
        {
            return null; // ended meanwhile
        }
    }

    // The second field, the name, may hold anything but ends at the last parenthesis.
    private static string[] StatFields(int processId)
    {
        string text = File.ReadAllText($"/proc/{processId}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }
}
