namespace EdgeGate.Tests.Kernel;

/// <summary>Machines as there are: what each says of the limits that a plan counts, shortened.</summary>
internal static class Machines
{
    /// <summary>A server of 64 GB with much allowed, and no firewall.</summary>
    public const string BareServer = """
        == proc/self/limits
        Max open files            1048576              1048576              files
        == proc/meminfo
        MemTotal:       65700000 kB
        == proc/sys/fs/nr_open
        1073741816
        == proc/sys/fs/file-max
        9223372036854775807
        == proc/sys/fs/file-nr
        1500	0	9223372036854775807
        == proc/sys/net/core/somaxconn
        65535
        == proc/sys/net/ipv4/tcp_mem
        780000	1040000	1560000
        == proc/sys/net/ipv4/tcp_rmem
        4096	131072	6291456
        == proc/sys/net/ipv4/ip_local_port_range
        1024	65535
        """;

    /// <summary>A virtual server of 2 GB, installed and left as it was: Debian 12.</summary>
    public const string DebianDefaults = """
        == proc/self/limits
        Max open files            1024                 524288               files
        == proc/meminfo
        MemTotal:        2014544 kB
        == proc/sys/fs/nr_open
        1048576
        == proc/sys/fs/file-max
        9223372036854775807
        == proc/sys/fs/file-nr
        928	0	9223372036854775807
        == proc/sys/net/core/somaxconn
        4096
        == proc/sys/net/ipv4/tcp_max_syn_backlog
        128
        == proc/sys/net/ipv4/tcp_mem
        22845	30463	45690
        == proc/sys/net/ipv4/tcp_rmem
        4096	131072	6291456
        == proc/sys/net/ipv4/ip_local_port_range
        32768	60999
        """;

    /// <summary>Docker with --memory 512m: a network namespace of its own, in which tcp_mem is not to be seen.</summary>
    public const string Container = """
        == proc/self/limits
        Max open files            1048576              1048576              files
        == proc/meminfo
        MemTotal:       16384000 kB
        == proc/self/cgroup
        0::/
        == proc/self/mountinfo
        780 770 0:95 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
        790 780 0:95 /sys /proc/sys ro,nosuid,nodev,noexec,relatime - proc proc rw
        791 772 0:27 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate
        == sys/fs/cgroup/memory.max
        536870912
        == sys/fs/cgroup/memory.current
        20971520
        == sys/fs/cgroup/pids.max
        max
        == proc/sys/fs/nr_open
        1048576
        == proc/sys/net/core/somaxconn
        128
        == proc/sys/net/ipv4/tcp_rmem
        4096	131072	6291456
        == proc/sys/net/ipv4/ip_local_port_range
        32768	60999
        """;

    /// <summary>A pod on a node with control groups of version 1, which see no more than what the groups above leave.</summary>
    public const string Pod = """
        == proc/self/limits
        Max open files            1048576              1048576              files
        == proc/meminfo
        MemTotal:       32768000 kB
        == proc/self/cgroup
        11:memory:/
        8:pids:/
        == proc/self/mountinfo
        1180 1170 0:195 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
        1190 1180 0:195 /sys /proc/sys ro,nosuid,nodev,noexec,relatime - proc proc rw
        1185 1178 0:30 /kubepods/burstable/pod1/c1 /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory
        1186 1178 0:31 /kubepods/burstable/pod1/c1 /sys/fs/cgroup/pids ro,nosuid - cgroup cgroup rw,pids
        1195 1177 259:1 /var/lib/kubelet/pods/0d1c/etc-hosts /etc/hosts rw,relatime - ext4 /dev/nvme0n1p1 rw
        == sys/fs/cgroup/memory/memory.limit_in_bytes
        9223372036854771712
        == sys/fs/cgroup/memory/memory.stat
        cache 0
        hierarchical_memory_limit 268435456
        == sys/fs/cgroup/pids/pids.max
        2048
        == proc/sys/fs/nr_open
        1048576
        == proc/sys/net/core/somaxconn
        1024
        == proc/sys/net/ipv4/tcp_rmem
        4096	131072	6291456
        == proc/sys/net/ipv4/ip_local_port_range
        32768	60999
        == proc/sys/net/netfilter/nf_conntrack_max
        262144
        == proc/sys/net/netfilter/nf_conntrack_count
        0
        """;

    /// <summary>What systemd 256 hands over, on a server whose TCP memory was raised.</summary>
    public const string Billion = """
        == proc/self/limits
        Max open files            1073741816           1073741816           files
        == proc/meminfo
        MemTotal:       32800000 kB
        == proc/sys/fs/nr_open
        1073741816
        == proc/sys/fs/file-max
        9223372036854775807
        == proc/sys/net/core/somaxconn
        4096
        == proc/sys/net/ipv4/tcp_mem
        4000000	6000000	8000000
        == proc/sys/net/ipv4/tcp_rmem
        4096	131072	6291456
        """;

    /// <summary>A Docker host of 16 GB: the firewall that Docker sets up tracks every connection.</summary>
    public const string Conntrack = """
        == proc/self/limits
        Max open files            1048576              1048576              files
        == proc/meminfo
        MemTotal:       16000000 kB
        == proc/sys/fs/nr_open
        1048576
        == proc/sys/net/core/somaxconn
        4096
        == proc/sys/net/ipv4/tcp_mem
        186000	248000	372000
        == proc/sys/net/ipv4/tcp_rmem
        4096	131072	6291456
        == proc/sys/net/netfilter/nf_conntrack_max
        262144
        == proc/sys/net/netfilter/nf_conntrack_count
        1000
        """;

    /// <summary>Somebody left the dynamic ports of another system in the settings.</summary>
    public const string TinyPortRange = """
        == proc/self/limits
        Max open files            65536                65536                files
        == proc/meminfo
        MemTotal:        8123456 kB
        == proc/sys/fs/nr_open
        1048576
        == proc/sys/net/core/somaxconn
        4096
        == proc/sys/net/ipv4/tcp_mem
        94500	126000	189000
        == proc/sys/net/ipv4/ip_local_port_range
        32768	33791
        == proc/sys/net/ipv4/ip_local_reserved_ports
        33000-33099
        """;

    /// <summary>A sandbox that lets nobody look: an empty file system lies over /proc/sys.</summary>
    public const string MaskedProcSys = """
        == proc/self/limits
        Max open files            20000                20000                files
        == proc/meminfo
        MemTotal:        4000000 kB
        == proc/self/mountinfo
        780 770 0:95 / /proc rw,nosuid - proc proc rw
        790 780 0:99 / /proc/sys ro,relatime - tmpfs tmpfs ro,size=0k
        """;
}
