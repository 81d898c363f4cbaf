namespace EdgeGate.Native.Kernel;

/// <summary>What is in use now of what the kernel limits. Null where this machine does not tell.</summary>
public sealed record KernelLoad
{
    /// <summary>
    /// Bytes of memory that the control group which sets the tightest limit cannot give back: its usage less file pages
    /// that nobody has touched for a while. Null where no control group limits memory.
    /// </summary>
    public long? GroupMemory { get; init; }

    /// <summary>That group's limit in bytes, read anew: an operator may change it while the daemon runs.</summary>
    public long? GroupMemoryMax { get; init; }

    /// <summary>Bytes of this process that are in memory (statm's resident less shared: proc_pid_statm(5)).</summary>
    public long? ProcessMemory { get; init; }

    /// <summary>
    /// Share of the last ten seconds in which some task waited for memory, 0 to 1: the pressure stall information of the
    /// control group where it has its own, else of the machine (Documentation/accounting/psi.rst).
    /// </summary>
    public double? MemoryStall { get; init; }

    /// <summary><c>net.netfilter.nf_conntrack_count</c>.</summary>
    public long? ConntrackCount { get; init; }

    /// <summary><c>/proc/net/sockstat</c>.</summary>
    public SocketUsage Sockets { get; init; } = new();

    /// <summary>Counters of lost connections.</summary>
    public NetstatCounters Netstat { get; init; } = new();
}
