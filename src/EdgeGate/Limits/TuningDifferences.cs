using System.Globalization;

namespace EdgeGate.Limits;

/// <summary>Compares the operator's tuning file with the kernel, line by line.</summary>
internal sealed class TuningDifferences : Limit
{
    // What a kernel below the wish does to its users.
    private static readonly Dictionary<string, string> Effects = new(StringComparer.Ordinal)
    {
        ["net.core.somaxconn"] = "Accept queues are shorter than wanted: bursts are dropped, ListenOverflows grows.",
        ["net.core.rmem_max"] = "A larger ReceiveBuffer is silently cut down.",
        ["net.core.wmem_max"] = "A larger SendBuffer is silently cut down.",
        ["net.core.netdev_max_backlog"] = "Packets are dropped in a burst before TCP sees them: column 2 of /proc/net/softnet_stat grows.",
        ["net.ipv4.tcp_max_syn_backlog"] = "Fewer half-open connections: TCPReqQFullDrop or SyncookiesSent grows in a burst.",
        ["net.ipv4.tcp_max_tw_buckets"] = "Sockets leave TIME-WAIT early: TCPTimeWaitOverflow grows.",
        ["net.ipv4.tcp_fin_timeout"] = "Sockets that a peer left half closed stay for another time than wanted.",
        ["net.ipv4.tcp_mem"] = "TCP comes under memory pressure at another point: TCPMemoryPressures tells.",
        ["net.ipv4.tcp_rmem"] = "Receive buffers start or end at other sizes: memory for each connection, or speed, differs.",
        ["net.ipv4.tcp_wmem"] = "Send buffers start or end at other sizes: memory for each connection, or speed, differs.",
        ["net.ipv4.udp_mem"] = "UDP runs out of memory at another point: MemErrors in /proc/net/snmp tells.",
        ["net.ipv4.ip_local_port_range"] = "Another number of upstream connections for each destination; EADDRNOTAVAIL when it is used up.",
        ["net.ipv4.ip_local_reserved_ports"] = "A listener's port may be given to an outgoing connection.",
        ["net.ipv4.tcp_slow_start_after_idle"] = "A connection that was silent begins slowly again.",
        ["net.ipv4.tcp_keepalive_time"] = "Dead peers are noticed at another time than wanted.",
        ["net.ipv4.tcp_migrate_req"] = "Closing a listener of a group resets the connections in its queue.",
        ["net.ipv4.tcp_tw_reuse"] = "Outgoing ports in TIME-WAIT come back at another time.",
        ["net.ipv4.tcp_notsent_lowat"] = "Another amount of unsent data waits in the kernel for each connection.",
        ["net.netfilter.nf_conntrack_max"] = "The tracking table fills at another number: \"table full, dropping packet\".",
        ["fs.nr_open"] = "RLIMIT_NOFILE cannot be raised as far as wanted: fewer connections.",
        ["fs.file-max"] = "The whole machine runs out of files at another number: ENFILE.",
    };

    private static readonly HashSet<string> MoreIsEnough = new(StringComparer.Ordinal)
    {
        "net.core.somaxconn", "net.core.rmem_max", "net.core.wmem_max", "net.core.netdev_max_backlog",
        "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_max_tw_buckets", "net.netfilter.nf_conntrack_max",
        "fs.nr_open", "fs.file-max",
    };

    public override IEnumerable<Finding> Examine(PlanInput input, long connections)
    {
        if (input.Tuning is not { } tuning)
        {
            return [];
        }

        return tuning.Entries.Select(entry => Compare(input, tuning, entry))
            .Concat(tuning.Patterns.Select(pattern => NotCompared(tuning, pattern.Line, pattern.Text)))
            .OfType<Finding>();
    }

    private static Finding? Compare(PlanInput input, TuningFile tuning, TuningEntry entry)
    {
        var name = entry.Key.Name;
        var found = input.Facts.Sysctl(name);
        if (found == entry.Value || (found is null && entry.IsOptional))
        {
            return null;
        }

        var place = $"{entry.Value} ({tuning.Name}:{entry.Line})";
        if (found is null)
        {
            return new Finding(
                Severity.Info, "tuning:" + name, $"{name} cannot be read here", "unknown", place,
                "The setting does not exist in this kernel or network namespace, its module is not loaded, or it is hidden.", null);
        }

        var enough = MoreIsEnough.Contains(name) && IsMore(found, entry.Value);
        return new Finding(
            enough ? Severity.Info : Severity.Warning, "tuning:" + name,
            enough ? $"{name} is more than the tuning file asks for" : $"{name} is not what the tuning file asks for",
            found, place,
            enough ? "None: more does no harm here." : Effects.GetValueOrDefault(name, "The capacity plan does not count on this setting."),
            Remedy.Sysctl(input, name, entry.Value));
    }

    private static Finding NotCompared(TuningFile tuning, int line, string text) => new(
        Severity.Info, "tuning-pattern", "a line with a pattern is not compared", $"{text} ({tuning.Name}:{line})",
        null, "None; sysctl applies it, EdgeGate does not look at it.", null);

    private static bool IsMore(string found, string wanted) =>
        decimal.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out var has)
        && decimal.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var wants)
        && has > wants;
}
