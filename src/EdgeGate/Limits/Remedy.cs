using System.Globalization;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits;

/// <summary>What mends a finding.</summary>
/// <param name="Line">The line, as it stands in the file or the command that it belongs to.</param>
/// <param name="Where">Where that is, if the line does not say it by itself.</param>
internal sealed record Remedy(string Line, string? Where = null)
{
    // Settings that each network namespace has for itself, and in which a container's may differ from its host's.
    private static readonly HashSet<string> OfNamespace = new(StringComparer.Ordinal)
    {
        "net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_slow_start_after_idle",
        "net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_migrate_req", "net.ipv4.tcp_tw_reuse",
    };

    /// <summary>Sets a kernel setting, where this machine lets it be set.</summary>
    public static Remedy Sysctl(PlanInput input, string key, string value)
    {
        string line = $"{key} = {value}";
        return (input.Facts.Surroundings, OfNamespace.Contains(key)) switch
        {
            (Surroundings.Host, _) => new Remedy(line),
            (Surroundings.Pod, true) => new Remedy(
                $"sysctls: [ {{ name: {key}, value: \"{value}\" }} ]",
                "in the pod's securityContext; the node's kubelet must allow what it does not count as safe"),
            (_, true) => new Remedy($"--sysctl {key}=\"{value}\"", "an option of docker run or podman run: inside it cannot be set"),
            _ => new Remedy(line, "on the host: it is one for all containers, and inside it cannot be set"),
        };
    }

    /// <summary>Sets a kernel setting to a number.</summary>
    public static Remedy Sysctl(PlanInput input, string key, long value) => Sysctl(input, key, Plain(value));

    /// <summary>Raises RLIMIT_NOFILE.</summary>
    public static Remedy OpenFiles(PlanInput input, long wanted) => input.Facts.Surroundings switch
    {
        Surroundings.Host => new Remedy(
            $"LimitNOFILE={Plain(wanted)}",
            input.Facts.DescriptorsPerProcessMax < wanted ? $"in the unit; it takes fs.nr_open = {Plain(wanted)} first" : null),
        Surroundings.Pod => new Remedy(
            $"LimitNOFILE={Plain(wanted)}", "in the unit of the node's container runtime: a pod cannot ask for it"),
        _ => new Remedy($"--ulimit nofile={Plain(wanted)}", "an option of docker run or podman run"),
    };

    /// <summary>Raises the control group's memory.</summary>
    public static Remedy Memory(PlanInput input, long mebibytes) => input.Facts.Surroundings switch
    {
        Surroundings.Host => new Remedy($"MemoryMax={Plain(mebibytes)}M"),
        Surroundings.Pod => new Remedy(
            $"resources: {{ limits: {{ memory: {Plain(mebibytes)}Mi }} }}", "of the container, in the pod's spec"),
        _ => new Remedy($"--memory {Plain(mebibytes)}m", "an option of docker run or podman run"),
    };

    /// <summary>Raises the control group's number of tasks.</summary>
    public static Remedy Tasks(PlanInput input, long tasks) => input.Facts.Surroundings switch
    {
        Surroundings.Host => new Remedy($"TasksMax={Plain(tasks)}"),
        Surroundings.Pod => new Remedy($"podPidsLimit: {Plain(tasks)}", "in the configuration of the node's kubelet"),
        _ => new Remedy($"--pids-limit {Plain(tasks)}", "an option of docker run or podman run"),
    };

    private static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);
}
