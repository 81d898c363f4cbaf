using EdgeGate.Native.Kernel;

namespace EdgeGate.Tests.Kernel;

public sealed class KernelLoadReaderTests
{
    private const string Two = """
        == proc/self/cgroup
        0::/pod/app
        == proc/self/mountinfo
        30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw
        == sys/fs/cgroup/pod/memory.max
        536870912
        == sys/fs/cgroup/pod/memory.current
        300000000
        == sys/fs/cgroup/pod/memory.stat
        anon 200000000
        file 100000000
        inactive_file 60000000
        active_file 40000000
        == sys/fs/cgroup/pod/memory.pressure
        some avg10=12.50 avg60=3.00 avg300=1.00 total=100
        full avg10=2.00 avg60=1.00 avg300=0.10 total=50
        """;

    private const string One = """
        == proc/self/cgroup
        4:memory:/app
        == proc/self/mountinfo
        35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        == sys/fs/cgroup/memory/app/memory.limit_in_bytes
        268435456
        == sys/fs/cgroup/memory/app/memory.usage_in_bytes
        150000000
        == sys/fs/cgroup/memory/app/memory.stat
        inactive_file 1000
        hierarchical_memory_limit 268435456
        total_inactive_file 50000000
        """;

    [Fact]
    public void Of_a_groups_memory_the_file_pages_that_can_go_are_not_counted()
    {
        using var machine = new RecordedMachine(Two);
        KernelLoad load = new KernelLoadReader(machine.Root).Read();

        Assert.Equal((240_000_000L, 536_870_912L), (load.GroupMemory, load.GroupMemoryMax));
        Assert.Equal(0.125, load.MemoryStall);
    }

    [Fact]
    public void Version_1_counts_the_groups_below_too()
    {
        using var machine = new RecordedMachine(One);
        KernelLoad load = new KernelLoadReader(machine.Root).Read();

        Assert.Equal((100_000_000L, 268_435_456L), (load.GroupMemory, load.GroupMemoryMax));
    }

    [Fact]
    public void A_limit_that_is_changed_meanwhile_is_seen()
    {
        using var machine = new RecordedMachine(Two);
        var reader = new KernelLoadReader(machine.Root);
        reader.Read();
        machine.Write("sys/fs/cgroup/pod/memory.max", "400000000\n");

        Assert.Equal(400_000_000, reader.Read().GroupMemoryMax);
    }

    [Fact]
    public void The_process_the_sockets_and_the_machines_stall_are_read()
    {
        using var machine = new RecordedMachine("""
            == proc/self/statm
            100000 3000 1000 1 0 2000 0
            == proc/pressure/memory
            some avg10=0.00 avg60=0.00 avg300=0.00 total=0
            == proc/net/sockstat
            sockets: used 20
            TCP: inuse 5 orphan 0 tw 2 alloc 7 mem 33
            == proc/sys/net/netfilter/nf_conntrack_count
            77
            """);
        KernelLoad load = new KernelLoadReader(machine.Root).Read();

        Assert.Equal(2000 * Environment.SystemPageSize, load.ProcessMemory);
        Assert.Equal(0, load.MemoryStall);
        Assert.Equal(33, load.Sockets.TcpMemoryPages);
        Assert.Equal(77, load.ConntrackCount);
        Assert.Null(load.GroupMemory);
    }

    [Fact]
    public void A_machine_that_hides_everything_gives_nothing()
    {
        using var machine = new RecordedMachine();
        KernelLoad load = new KernelLoadReader(machine.Root).Read();

        Assert.Null(load.GroupMemory);
        Assert.Null(load.ProcessMemory);
        Assert.Null(load.MemoryStall);
        Assert.Null(load.ConntrackCount);
    }
}
