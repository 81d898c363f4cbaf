using System.Text.RegularExpressions;

namespace EdgeGate.Native.Kernel;

/// <summary>
/// One mounted control group hierarchy and this process's place in it, from <c>/proc/self/mountinfo</c>
/// and <c>/proc/self/cgroup</c>.
/// </summary>
/// <param name="MountPoint">Where the hierarchy is mounted.</param>
/// <param name="Place">The process's group below the mount point: empty, or with a leading slash.</param>
/// <param name="Controllers">The controllers of version 1; null for version 2.</param>
internal sealed partial record CgroupMount(string MountPoint, string Place, string[]? Controllers)
{
    public static List<CgroupMount> Read(ProcFiles files)
    {
        var groups = files.Lines("proc/self/cgroup").Select(line => line.Split(':', 3)).Where(g => g.Length == 3).ToList();
        var mounts = new List<CgroupMount>();
        foreach (var line in files.Lines("proc/self/mountinfo"))
        {
            if (Parse(line, groups) is { } mount)
            {
                mounts.Add(mount);
            }
        }

        return mounts;
    }

    public bool Serves(string? controller) =>
        controller is null ? Controllers is null : Controllers?.Contains(controller) == true;

    /// <summary>The process's own group first, the mount point last.</summary>
    public IEnumerable<string> DirectoriesUp()
    {
        var place = Place;
        while (place.Length > 0)
        {
            yield return MountPoint + place;
            place = place[..place.LastIndexOf('/')];
        }

        yield return MountPoint;
    }

    // "35 31 0:32 /root /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory"
    private static CgroupMount? Parse(string line, List<string[]> groups)
    {
        var halves = line.Split(" - ", 2);
        if (halves.Length != 2
            || halves[0].Split(' ') is not [_, _, _, var root, var mountPoint, ..]
            || halves[1].Split(' ') is not [var kind, _, var options, ..])
        {
            return null;
        }

        return kind switch
        {
            "cgroup2" when groups.Find(g => g[0] == "0" && g[1].Length == 0) is { } group =>
                new CgroupMount(Unescape(mountPoint), PlaceBelow(Unescape(root), group[2]), null),
            "cgroup" when groups.Find(g => SharesController(g[1], options)) is { } group =>
                new CgroupMount(Unescape(mountPoint), PlaceBelow(Unescape(root), group[2]), options.Split(',')),
            _ => null,
        };
    }

    private static bool SharesController(string controllers, string options) =>
        controllers.Length > 0 && controllers.Split(',').Intersect(options.Split(',')).Any();

    // A mount may show only a part of the hierarchy (its root). A group outside that part, which a container
    // without its own namespace sees, is judged by what the mount point itself shows.
    private static string PlaceBelow(string root, string group)
    {
        var prefix = root == "/" ? "" : root;
        var place = group.StartsWith(prefix, StringComparison.Ordinal) ? group[prefix.Length..].TrimEnd('/') : "";
        return place.StartsWith('/') && !place.Split('/').Contains("..") ? place : "";
    }

    private static string Unescape(string text) =>
        Octal().Replace(text, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
