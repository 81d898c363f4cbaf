using System.Collections.Immutable;
using System.Globalization;

namespace EdgeGate.Native.Kernel;

/// <summary>
/// Reads <see cref="KernelFacts"/> below a root directory: <c>/</c> in the daemon, a recorded tree in tests.
/// Never throws for what it cannot read.
/// </summary>
public sealed class KernelFactsReader
{
    private static readonly string[] PortKeys = ["net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports"];

    private static readonly string[] PlannedKeys =
    [
        "fs.file-max", "fs.file-nr", "fs.nr_open",
        "net.core.netdev_max_backlog", "net.core.rmem_max", "net.core.somaxconn", "net.core.wmem_max",
        .. PortKeys,
        "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_max_tw_buckets",
        "net.ipv4.tcp_mem", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.udp_mem", "net.ipv4.udp_rmem_min",
        "net.netfilter.nf_conntrack_count", "net.netfilter.nf_conntrack_max",
    ];

    private readonly ProcFiles _files;

    /// <param name="root">The directory that holds <c>proc</c> and <c>sys</c>.</param>
    public KernelFactsReader(string root = "/") => _files = new ProcFiles(root);

    /// <summary>Reads everything that a capacity plan needs, and the settings named beside.</summary>
    /// <param name="alsoRead">More settings, such as those of a tuning file.</param>
    public KernelFacts Read(IEnumerable<SysctlKey>? alsoRead = null)
    {
        var limits = _files.Lines("proc/self/limits");
        var cgroups = new CgroupReader(_files);
        return new KernelFacts
        {
            Sysctls = ReadSysctls(PlannedKeys, alsoRead ?? []),
            Surroundings = ReadSurroundings(),
            OpenFiles = ReadLimit(limits, "Max open files"),
            LockedMemory = ReadLimit(limits, "Max locked memory"),
            CgroupMemory = cgroups.Memory(),
            CgroupPids = cgroups.Pids(),
            TotalMemory = ReadTotalMemory(),
            PageSize = Environment.SystemPageSize,
            Processors = Environment.ProcessorCount,
            Netstat = NetworkCounters.ReadNetstat(_files),
            Sockets = NetworkCounters.ReadSockets(_files),
        };
    }

    /// <summary><see cref="KernelFacts.EphemeralPorts"/> alone, for those who look again and again.</summary>
    public int? ReadEphemeralPorts() => new KernelFacts { Sysctls = ReadSysctls(PortKeys) }.EphemeralPorts;

    /// <summary>The text of one setting, its numbers parted by single spaces, or null if unknown.</summary>
    public string? ReadSysctl(SysctlKey key) =>
        _files.Text("proc/sys/" + key.Path) is { } text
            ? string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            : null;

    private ImmutableDictionary<string, string> ReadSysctls(string[] names, params IEnumerable<SysctlKey> alsoRead)
    {
        var values = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (SysctlKey.TryParse(name, out var key) && ReadSysctl(key) is { } value)
            {
                values[name] = value;
            }
        }

        foreach (var key in alsoRead)
        {
            if (ReadSysctl(key) is { } value)
            {
                values[key.Name] = value;
            }
        }

        return values.ToImmutable();
    }

    // What makes containers puts a read-only mount on /proc/sys, unless it trusts them like the host itself:
    // "42 40 0:22 /sys /proc/sys ro,nosuid - proc proc rw". The kubelet mounts a pod's hosts file and its account.
    private Surroundings ReadSurroundings()
    {
        string[][] mounts = [.. _files.Lines("proc/self/mountinfo").Select(line => line.Split(' ')).Where(m => m.Length > 5)];
        bool isHeld = mounts.Any(m => m[4] == "/proc/sys" && m[5].Split(',').Contains("ro"));
        bool isPod = mounts.Any(m => m[3].Contains("/kubelet/pods/", StringComparison.Ordinal)
            || m[4].EndsWith("/run/secrets/kubernetes.io/serviceaccount", StringComparison.Ordinal));
        return isHeld ? isPod ? Surroundings.Pod : Surroundings.Container : Surroundings.Host;
    }

    // "Max open files            1024                 524288               files"
    private static ResourceLimit? ReadLimit(string[] lines, string name)
    {
        foreach (var line in lines)
        {
            if (line.StartsWith(name, StringComparison.Ordinal)
                && line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, var hard, ..]
                && TryLimit(soft, out var softLimit) && TryLimit(hard, out var hardLimit))
            {
                return new ResourceLimit(softLimit, hardLimit);
            }
        }

        return null;
    }

    private static bool TryLimit(string text, out long limit)
    {
        limit = ResourceLimit.Unlimited;
        return text == "unlimited"
            || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit);
    }

    // "MemTotal:       24684092 kB"
    private long? ReadTotalMemory()
    {
        foreach (var line in _files.Lines("proc/meminfo"))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal)
                && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, "kB"]
                && long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out var total))
            {
                return total * 1024;
            }
        }

        return null;
    }
}
