using System.Collections.Immutable;
using System.Globalization;

namespace EdgeGate.Native.Kernel;

/// <summary>
/// What the kernel says about itself and about this process, read once. Null always means "unknown": the
/// file was missing, masked, unreadable or not understood.
/// </summary>
/// <remarks>See proc_sys(5), proc_pid_limits(5), cgroups(7) and the kernel's ip-sysctl document.</remarks>
public sealed record KernelFacts
{
    /// <summary>Nothing known: another operating system, or a machine that hides everything.</summary>
    public static KernelFacts Unknown { get; } = new();

    /// <summary>The settings that were asked for, by their usual name, as the kernel writes them.</summary>
    public ImmutableDictionary<string, string> Sysctls { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether this is a container.</summary>
    public Surroundings Surroundings { get; init; }

    /// <summary>RLIMIT_NOFILE of this process.</summary>
    public ResourceLimit? OpenFiles { get; init; }

    /// <summary>Descriptors that the daemon held when it was ready and had no connection; null where it does not run.</summary>
    public long? OwnDescriptors { get; init; }

    /// <summary>Connections that the daemon has: the kernel's counts of files and of tracked connections hold theirs too.</summary>
    public long OwnConnections { get; init; }

    /// <summary>RLIMIT_MEMLOCK of this process, in bytes.</summary>
    public ResourceLimit? LockedMemory { get; init; }

    /// <summary>The tightest memory limit of the control groups above this process, in bytes.</summary>
    public CgroupLimit? CgroupMemory { get; init; }

    /// <summary>The tightest limit on tasks of the control groups above this process.</summary>
    public CgroupLimit? CgroupPids { get; init; }

    /// <summary>The machine's memory in bytes.</summary>
    public long? TotalMemory { get; init; }

    /// <summary>A page, in bytes: the unit of <c>tcp_mem</c> and <c>udp_mem</c>.</summary>
    public int PageSize { get; init; } = 4096;

    /// <summary>The processors that this process may use.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>Counters of lost connections.</summary>
    public NetstatCounters Netstat { get; init; } = new();

    /// <summary>Sockets in use.</summary>
    public SocketUsage Sockets { get; init; } = new();

    /// <summary><c>net.core.somaxconn</c>: the bound of every accept queue.</summary>
    public long? Somaxconn => Number("net.core.somaxconn");

    /// <summary><c>net.core.rmem_max</c>: the most that SO_RCVBUF may ask for, in bytes.</summary>
    public long? ReceiveBufferMax => Number("net.core.rmem_max");

    /// <summary><c>net.core.wmem_max</c>: the most that SO_SNDBUF may ask for, in bytes.</summary>
    public long? SendBufferMax => Number("net.core.wmem_max");

    /// <summary><c>net.core.netdev_max_backlog</c>: packets that may wait for a processor.</summary>
    public long? DeviceBacklogMax => Number("net.core.netdev_max_backlog");

    /// <summary><c>net.ipv4.tcp_max_syn_backlog</c>: half-open connections remembered per listener.</summary>
    public long? SynBacklogMax => Number("net.ipv4.tcp_max_syn_backlog");

    /// <summary><c>net.ipv4.tcp_max_tw_buckets</c>: sockets that may be in TIME-WAIT.</summary>
    public long? TimeWaitMax => Number("net.ipv4.tcp_max_tw_buckets");

    /// <summary><c>net.ipv4.tcp_fin_timeout</c>, in seconds.</summary>
    public long? FinTimeoutSeconds => Number("net.ipv4.tcp_fin_timeout");

    /// <summary><c>net.ipv4.tcp_mem</c>: low, pressure and maximum, in pages.</summary>
    public Triple? TcpMemory => TripleOf("net.ipv4.tcp_mem");

    /// <summary><c>net.ipv4.udp_mem</c>: low, pressure and maximum, in pages.</summary>
    public Triple? UdpMemory => TripleOf("net.ipv4.udp_mem");

    /// <summary><c>net.ipv4.udp_rmem_min</c>: the receive buffer that a socket keeps under pressure, in bytes.</summary>
    public long? UdpReceiveBufferLeast => Number("net.ipv4.udp_rmem_min");

    /// <summary><c>net.ipv4.tcp_rmem</c>: least, initial and most receive buffer of a socket, in bytes.</summary>
    public Triple? TcpReceiveBuffer => TripleOf("net.ipv4.tcp_rmem");

    /// <summary><c>net.ipv4.tcp_wmem</c>: least, initial and most send buffer of a socket, in bytes.</summary>
    public Triple? TcpSendBuffer => TripleOf("net.ipv4.tcp_wmem");

    /// <summary><c>fs.nr_open</c>: the most that RLIMIT_NOFILE may be set to.</summary>
    public long? DescriptorsPerProcessMax => Number("fs.nr_open");

    /// <summary><c>fs.file-max</c>: open files on the whole machine.</summary>
    public long? OpenFilesMax => Number("fs.file-max");

    /// <summary>The first number of <c>fs.file-nr</c>: files open on the whole machine now.</summary>
    public long? OpenFilesNow => Numbers("fs.file-nr") is [var open, ..] ? open : null;

    /// <summary><c>net.netfilter.nf_conntrack_max</c>; null also when connections are not tracked.</summary>
    public long? ConntrackMax => Number("net.netfilter.nf_conntrack_max");

    /// <summary><c>net.netfilter.nf_conntrack_count</c>: entries in use now.</summary>
    public long? ConntrackCount => Number("net.netfilter.nf_conntrack_count");

    /// <summary>
    /// Ports that the kernel may give to an outgoing connection: <c>ip_local_port_range</c> less
    /// <c>ip_local_reserved_ports</c>.
    /// </summary>
    public int? EphemeralPorts =>
        Numbers("net.ipv4.ip_local_port_range") is [var low and >= 0, var high and <= 65535] && low <= high
            ? PortRange.Count((int)low, (int)high, Sysctl("net.ipv4.ip_local_reserved_ports"))
            : null;

    /// <summary>Whether the kernel may give this port to an outgoing connection; false if it is unknown.</summary>
    public bool IsEphemeral(int port) =>
        Numbers("net.ipv4.ip_local_port_range") is [var low, var high] && port >= low && port <= high
        && PortRange.Count(port, port, Sysctl("net.ipv4.ip_local_reserved_ports")) == 1;

    /// <summary>The text of a setting that was read, or null if it is unknown or was not asked for.</summary>
    public string? Sysctl(string name) => Sysctls.GetValueOrDefault(name);

    private long? Number(string name) => Numbers(name) is [var only] ? only : null;

    private Triple? TripleOf(string name) =>
        Numbers(name) is [var low, var middle, var high] ? new Triple(low, middle, high) : null;

    private long[]? Numbers(string name)
    {
        if (Sysctl(name) is not { } text)
        {
            return null;
        }

        var parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var numbers = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryNumber(parts[i], out numbers[i]))
            {
                return null;
            }
        }

        return numbers;
    }

    // Some counts are unsigned in the kernel: beyond a signed long they mean "no limit".
    private static bool TryNumber(string text, out long number)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            return true;
        }

        number = ResourceLimit.Unlimited;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }
}
