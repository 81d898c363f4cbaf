namespace EdgeGate.Tests.Kernel;

/// <summary>What real kernels wrote, shortened.</summary>
internal static class Recordings
{
    /// <summary>A small virtual server with the settings that a distribution ships.</summary>
    public const string Server = """
        == proc/sys/net/core/somaxconn
        4096
        == proc/sys/net/core/rmem_max
        212992
        == proc/sys/net/core/wmem_max
        212992
        == proc/sys/net/core/netdev_max_backlog
        1000
        == proc/sys/net/ipv4/tcp_mem
        287901	383868	575802
        == proc/sys/net/ipv4/tcp_rmem
        4096	131072	33554432
        == proc/sys/net/ipv4/tcp_wmem
        4096	16384	4194304
        == proc/sys/net/ipv4/udp_mem
        575802	767736	1151604
        == proc/sys/net/ipv4/ip_local_port_range
        32768	60999
        == proc/sys/net/ipv4/ip_local_reserved_ports

        == proc/sys/net/ipv4/tcp_max_syn_backlog
        2048
        == proc/sys/net/ipv4/tcp_max_tw_buckets
        131072
        == proc/sys/net/ipv4/tcp_fin_timeout
        60
        == proc/sys/fs/nr_open
        1048576
        == proc/sys/fs/file-max
        9223372036854775807
        == proc/sys/fs/file-nr
        1312	0	9223372036854775807
        == proc/sys/net/netfilter/nf_conntrack_max
        262144
        == proc/sys/net/netfilter/nf_conntrack_count
        144
        == proc/self/limits
        Limit                     Soft Limit           Hard Limit           Units     
        Max cpu time              unlimited            unlimited            seconds   
        Max open files            1024                 524288               files     
        Max locked memory         8388608              unlimited            bytes     
        == proc/meminfo
        MemTotal:        8123456 kB
        MemFree:         5149988 kB
        == proc/net/netstat
        TcpExt: SyncookiesSent PruneCalled ListenOverflows ListenDrops TCPBacklogDrop TCPReqQFullDrop TCPMemoryPressures
        TcpExt: 0 3 17 19 5 2 1
        IpExt: InNoRoutes InTruncatedPkts
        IpExt: 8 9
        == proc/net/sockstat
        sockets: used 216
        TCP: inuse 11 orphan 1 tw 7 alloc 14 mem 184
        UDP: inuse 4 mem 9
        == proc/net/sockstat6
        TCP6: inuse 6
        UDP6: inuse 2
        """;

    /// <summary>One hierarchy; the group above is tighter than the daemon's own.</summary>
    public const string CgroupTwo = """
        == proc/self/cgroup
        0::/system.slice/edgegate.service
        == proc/self/mountinfo
        24 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate
        == sys/fs/cgroup/system.slice/edgegate.service/memory.max
        max
        == sys/fs/cgroup/system.slice/edgegate.service/pids.max
        4915
        == sys/fs/cgroup/system.slice/edgegate.service/pids.current
        21
        == sys/fs/cgroup/system.slice/memory.max
        536870912
        == sys/fs/cgroup/system.slice/memory.current
        104857600
        == sys/fs/cgroup/system.slice/pids.max
        max
        """;

    /// <summary>Version 1 controllers with an empty version 2 beside them.</summary>
    public const string CgroupHybrid = """
        == proc/self/cgroup
        9:name=systemd:/
        8:pids:/jobs
        4:memory:/jobs/one
        1:cpu,cpuacct:/
        0::/
        == proc/self/mountinfo
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        == sys/fs/cgroup/memory/jobs/one/memory.limit_in_bytes
        9223372036854771712
        == sys/fs/cgroup/memory/jobs/memory.limit_in_bytes
        1073741824
        == sys/fs/cgroup/memory/jobs/memory.usage_in_bytes
        4096
        == sys/fs/cgroup/memory/memory.limit_in_bytes
        9223372036854771712
        == sys/fs/cgroup/pids/jobs/pids.max
        200
        == sys/fs/cgroup/pids/pids.max
        max
        """;
}
