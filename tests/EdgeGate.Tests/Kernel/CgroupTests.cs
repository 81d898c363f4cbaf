using EdgeGate.Native.Kernel;

namespace EdgeGate.Tests.Kernel;

public sealed class CgroupTests
{
    [Fact]
    public void The_tightest_group_on_the_way_up_wins()
    {
        var facts = Read(Recordings.CgroupTwo);

        Assert.Equal(new CgroupLimit(536870912, 104857600, "/sys/fs/cgroup/system.slice/memory.max"), facts.CgroupMemory);
        Assert.Equal(4915, facts.CgroupPids?.Max);
        Assert.Equal(21, facts.CgroupPids?.Current);
    }

    [Theory]
    [InlineData("300", "200", 200)]
    [InlineData("200", "300", 200)]
    [InlineData("max", "300", 300)]
    public void A_looser_group_above_or_below_does_not_hide_a_tight_one(string own, string above, long expected)
    {
        var facts = Read($"""
            == proc/self/cgroup
            0::/a/b
            == proc/self/mountinfo
            30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            == sys/fs/cgroup/a/b/memory.max
            {own}
            == sys/fs/cgroup/a/memory.max
            {above}
            """);

        Assert.Equal(expected, facts.CgroupMemory?.Max);
    }

    [Fact]
    public void A_hybrid_host_is_read_controller_by_controller()
    {
        var facts = Read(Recordings.CgroupHybrid);

        Assert.Equal(1073741824, facts.CgroupMemory?.Max);
        Assert.Equal(4096, facts.CgroupMemory?.Current);
        Assert.Equal(200, facts.CgroupPids?.Max);
    }

    [Fact]
    public void A_container_without_its_own_namespace_is_judged_by_its_mount()
    {
        var facts = Read("""
            == proc/self/cgroup
            4:memory:/docker/abc
            == proc/self/mountinfo
            35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro,relatime - cgroup cgroup rw,memory
            == sys/fs/cgroup/memory/memory.limit_in_bytes
            268435456
            """);

        Assert.Equal(268435456, facts.CgroupMemory?.Max);
    }

    [Fact]
    public void A_limit_above_the_visible_groups_counts()
    {
        var facts = Read("""
            == proc/self/cgroup
            4:memory:/
            == proc/self/mountinfo
            35 31 0:32 / /sys/fs/cgroup/memory ro,relatime - cgroup cgroup rw,memory
            == sys/fs/cgroup/memory/memory.limit_in_bytes
            9223372036854771712
            == sys/fs/cgroup/memory/memory.stat
            cache 0
            hierarchical_memory_limit 134217728
            """);

        Assert.Equal(134217728, facts.CgroupMemory?.Max);
    }

    [Fact]
    public void A_group_outside_the_namespace_does_not_lead_outside_the_mount()
    {
        var facts = Read("""
            == proc/self/cgroup
            0::/../../other
            == proc/self/mountinfo
            30 24 0:26 / /sys/fs/my\040groups rw - cgroup2 cgroup2 rw
            == sys/fs/my groups/memory.max
            1000000
            == other/memory.max
            5
            """);

        Assert.Equal(1000000, facts.CgroupMemory?.Max);
    }

    private static KernelFacts Read(string recording)
    {
        using var machine = new RecordedMachine(recording);
        return new KernelFactsReader(machine.Root).Read();
    }
}
