using System.Collections.Immutable;
using EdgeGate.Configuration;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits.Tuning;

/// <summary>
/// The settings with which a machine holds a number of connections: the capacity plan, read backwards. A pure function,
/// like the plan. It never takes away what a machine has already: of two numbers the larger stays.
/// </summary>
/// <param name="Connections">How many are to fit.</param>
/// <param name="Profile">What for.</param>
/// <param name="Settings">The lines, in the order in which they are read best.</param>
/// <param name="Notes">What no setting mends.</param>
internal sealed record MachineTuning(
    long Connections, TuningProfile Profile, ImmutableArray<Setting> Settings, ImmutableArray<string> Notes)
{
    /// <param name="facts">What the machine is now; unknown facts are taken as the kernel's defaults.</param>
    /// <param name="config">What the gateway is to serve.</param>
    /// <param name="connections">How many connections are wanted.</param>
    /// <param name="profile">What they are like.</param>
    public static MachineTuning Create(
        KernelFacts facts, GatewayConfig config, long connections, TuningProfile profile)
    {
        PlanInput input = MemoryTuning.WithBuffers(
            new PlanInput(facts with { OwnDescriptors = null }, config, Tuning: null), profile);
        var ports = new PortTuning(input, connections);
        var memory = new MemoryTuning(input, connections, profile);
        return new MachineTuning(
            connections, profile,
            [.. Descriptors(input, connections), .. Queues(input), .. ports.Settings(), .. memory.Settings(),
                .. Connection(input, connections, profile), .. Service(input, connections, memory)],
            [.. ports.Notes(), .. memory.Notes(), .. Ceiling(input, connections)]);
    }

    private static long ServiceDescriptors(PlanInput input, long connections) =>
        RoundUp(Limits.Descriptors.Needed(input, connections), 1024);

    private static IEnumerable<Setting> Descriptors(PlanInput input, long connections)
    {
        long needed = ServiceDescriptors(input, connections);
        yield return Sysctl(
            "fs.nr_open", AtLeast(input.Facts.DescriptorsPerProcessMax ?? 1 << 20, needed),
            "The most that one process may open: LimitNOFILE cannot go above it.");
        long machine = (input.Facts.OpenFilesNow ?? 0) + needed + (needed / 8);
        if (input.Facts.OpenFilesMax is { } max && max < machine)
        {
            yield return Sysctl(
                "fs.file-max", machine, "Open files on the whole machine: the gateway's, and what the others have open.");
        }
    }

    private static IEnumerable<Setting> Queues(PlanInput input)
    {
        long backlog = input.Config.Listeners.Select(l => (long)l.Settings.Backlog).DefaultIfEmpty(4096).Max();
        yield return Sysctl(
            "net.core.somaxconn", AtLeast(input.Facts.Somaxconn, backlog),
            "Accept queues: the effective backlog is the smaller of this and Backlog.");
        yield return Sysctl(
            "net.ipv4.tcp_max_syn_backlog", AtLeast(input.Facts.SynBacklogMax, 2 * backlog),
            "Half-open connections that are remembered while a burst arrives.");
        yield return Sysctl(
            "net.core.netdev_max_backlog", AtLeast(input.Facts.DeviceBacklogMax, 5000),
            "Packets that may wait for a processor; 1000 overflows in a burst on a fast link.");
    }

    private static IEnumerable<Setting> Connection(PlanInput input, long connections, TuningProfile profile)
    {
        long tracked = Conntrack.Needed(input, connections);
        yield return Sysctl(
            "net.netfilter.nf_conntrack_max", AtLeast(input.Facts.ConntrackMax, RoundUp(tracked + (tracked / 4), 65_536)),
            "Entries for tracked connections, two for a relay, where a firewall tracks them.", isOptional: true);
        yield return Sysctl(
            "net.ipv4.tcp_max_tw_buckets", AtLeast(input.Facts.TimeWaitMax, 262_144),
            "Sockets that may be in TIME-WAIT; beyond it they are cut short.");
        yield return Sysctl(
            "net.ipv4.tcp_fin_timeout", 15, "Sockets that a vanished peer left half closed go after 15 seconds instead of 60.");
        yield return Sysctl(
            "net.ipv4.tcp_keepalive_time", 300,
            "The first keep-alive probe after five minutes instead of two hours, where a socket asks for probes.");
        yield return Sysctl(
            "net.ipv4.tcp_slow_start_after_idle", 0,
            "A connection that was silent for a moment keeps its speed: long-lived connections are mostly silent.");
        yield return Sysctl(
            "net.ipv4.tcp_notsent_lowat", profile == TuningProfile.Density ? 16_384 : 131_072,
            "Unsent bytes that wait in the kernel for each connection; the rest waits at its sender.");
        yield return Sysctl(
            "net.ipv4.tcp_migrate_req", 1,
            "When a listener of a group closes, its waiting connections go to the others instead of being reset.",
            isOptional: true);
    }

    private static IEnumerable<Setting> Service(PlanInput input, long connections, MemoryTuning memory)
    {
        yield return new Setting(
            SettingTarget.Systemd, "LimitNOFILE", Text(ServiceDescriptors(input, connections)),
            "Descriptors: what the connections take, the daemon's own and the reserve.");
        yield return new Setting(
            SettingTarget.Systemd, "TasksMax", Text(AtLeast(512, Tasks.Needed(input))),
            "Threads: one for each loop, the thread pool and the runtime; none for a connection.");
        yield return new Setting(
            SettingTarget.Systemd, "MemoryMax", $"{memory.ServiceMebibytes}M",
            "Memory of the daemon and its sockets, so that a mistake ends it and not its neighbours.");
    }

    private static IEnumerable<string> Ceiling(PlanInput input, long connections)
    {
        if (input.Config.Limits.MaxConnections is { } max ? max < connections : Limits.Descriptors.Needed(input, connections) > Limits.Descriptors.Ceiling)
        {
            yield return $"Write \"Limits\": {{ \"MaxConnections\": {connections} }} into the configuration: "
                + "without it the gateway admits fewer, whatever fits.";
        }
    }

    internal static Setting Sysctl(string key, long value, string why, bool isOptional = false) =>
        new(SettingTarget.Sysctl, key, Text(value), why, isOptional);

    internal static long AtLeast(long? has, long wanted) => Math.Max(has ?? 0, wanted);

    internal static long RoundUp(long number, long unit) => (number + unit - 1) / unit * unit;

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
