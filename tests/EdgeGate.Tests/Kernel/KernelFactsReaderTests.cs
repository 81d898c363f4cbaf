using EdgeGate.Native.Kernel;

namespace EdgeGate.Tests.Kernel;

public sealed class KernelFactsReaderTests
{
    [Fact]
    public void A_recorded_server_is_read_in_full()
    {
        using var machine = new RecordedMachine(Recordings.Server);

        var facts = new KernelFactsReader(machine.Root).Read();

        Assert.Equal(4096, facts.Somaxconn);
        Assert.Equal(212992, facts.ReceiveBufferMax);
        Assert.Equal(1000, facts.DeviceBacklogMax);
        Assert.Equal(2048, facts.SynBacklogMax);
        Assert.Equal(60, facts.FinTimeoutSeconds);
        Assert.Equal(new Triple(287901, 383868, 575802), facts.TcpMemory);
        Assert.Equal(new Triple(4096, 16384, 4194304), facts.TcpSendBuffer);
        Assert.Equal(1048576, facts.DescriptorsPerProcessMax);
        Assert.Equal(long.MaxValue, facts.OpenFilesMax);
        Assert.Equal(1312, facts.OpenFilesNow);
        Assert.Equal(28232, facts.EphemeralPorts);
        Assert.Equal(262144, facts.ConntrackMax);
        Assert.Equal(144, facts.ConntrackCount);
        Assert.Equal(new ResourceLimit(1024, 524288), facts.OpenFiles);
        Assert.Equal(new ResourceLimit(8388608, ResourceLimit.Unlimited), facts.LockedMemory);
        Assert.Equal(8123456L * 1024, facts.TotalMemory);
    }

    [Fact]
    public void Counters_are_found_by_name_not_by_column()
    {
        using var machine = new RecordedMachine(Recordings.Server);

        var facts = new KernelFactsReader(machine.Root).Read();

        Assert.Equal(17, facts.Netstat.ListenOverflows);
        Assert.Equal(19, facts.Netstat.ListenDrops);
        Assert.Equal(3, facts.Netstat.PruneCalled);
        Assert.Equal(1, facts.Netstat.TcpMemoryPressures);
        Assert.Equal(184, facts.Sockets.TcpMemoryPages);
        Assert.Equal(7, facts.Sockets.TcpTimeWait);
        Assert.Equal(6, facts.Sockets.Tcp6InUse);
        Assert.Equal(9, facts.Sockets.UdpMemoryPages);
    }

    [Fact]
    public void An_empty_machine_is_unknown_and_not_an_error()
    {
        using var machine = new RecordedMachine();

        var facts = new KernelFactsReader(machine.Root).Read();

        Assert.Empty(facts.Sysctls);
        Assert.Null(facts.OpenFiles);
        Assert.Null(facts.TotalMemory);
        Assert.Null(facts.CgroupMemory);
        Assert.Null(facts.EphemeralPorts);
        Assert.Null(facts.ConntrackMax);
        Assert.Null(facts.Netstat.ListenOverflows);
        Assert.Null(facts.Sockets.TcpInUse);
    }

    [Theory]
    [InlineData("proc/sys/net/core/somaxconn", "plenty")]
    [InlineData("proc/sys/net/ipv4/tcp_mem", "1 2")]
    [InlineData("proc/sys/net/ipv4/ip_local_port_range", "60999 32768")]
    [InlineData("proc/self/limits", "Max open files")]
    [InlineData("proc/meminfo", "MemTotal: lots kB")]
    [InlineData("proc/net/netstat", "TcpExt: ListenOverflows")]
    [InlineData("proc/self/mountinfo", " - cgroup2 cgroup2 rw\n1 2 3 - cgroup")]
    public void What_is_not_understood_is_unknown(string path, string text)
    {
        using var machine = new RecordedMachine();
        machine.Write(path, text);

        var facts = new KernelFactsReader(machine.Root).Read();

        Assert.Null(facts.Somaxconn);
        Assert.Null(facts.TcpMemory);
        Assert.Null(facts.EphemeralPorts);
        Assert.Null(facts.OpenFiles);
        Assert.Null(facts.TotalMemory);
        Assert.Null(facts.Netstat.ListenOverflows);
        Assert.Null(facts.CgroupMemory);
    }

    [Fact]
    public void A_masked_file_is_unknown()
    {
        using var machine = new RecordedMachine();
        Directory.CreateDirectory(Path.Combine(machine.Root, "proc/sys/net/core/somaxconn"));

        Assert.Null(new KernelFactsReader(machine.Root).Read().Somaxconn);
    }

    [Theory]
    [InlineData("8080", 28232)]
    [InlineData("40000", 28231)]
    [InlineData("40000-40009,50000", 28221)]
    [InlineData("32000-32768,60999-61010", 28230)]
    [InlineData("1-65535", 0)]
    public void Reserved_ports_are_not_counted(string reserved, int expected)
    {
        using var machine = new RecordedMachine(Recordings.Server);
        machine.Write("proc/sys/net/ipv4/ip_local_reserved_ports", reserved + "\n");

        Assert.Equal(expected, new KernelFactsReader(machine.Root).Read().EphemeralPorts);
    }

    [Fact]
    public void A_tuning_files_key_is_read_on_demand()
    {
        using var machine = new RecordedMachine();
        machine.Write("proc/sys/net/ipv4/conf/eth0.100/forwarding", "1\n");
        Assert.True(SysctlKey.TryParse("net.ipv4.conf.eth0/100.forwarding", out var key));

        var facts = new KernelFactsReader(machine.Root).Read([key]);

        Assert.Equal("1", facts.Sysctl("net.ipv4.conf.eth0/100.forwarding"));
    }

    [Fact]
    public void This_machine_can_be_read()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("Only Linux has /proc.");
        }

        Assert.NotNull(new KernelFactsReader().Read().OpenFiles);
    }
}
