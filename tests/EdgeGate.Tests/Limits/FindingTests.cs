using EdgeGate.Limits;
using EdgeGate.Native.Kernel;
using EdgeGate.Tests.Configuration;

namespace EdgeGate.Tests.Limits;

public sealed class FindingTests
{
    [Fact]
    public async Task A_backlog_above_somaxconn_is_what_the_kernel_makes_of_it()
    {
        var facts = Plans.Machine(20_000, ("net.core.somaxconn", "128")) with { Netstat = new NetstatCounters { ListenOverflows = 17 } };

        var plan = await Plans.MakeAsync(facts);

        var finding = plan.Only("backlog");
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("ListenOverflows", finding.Symptom);
        Assert.Contains("(now 17)", finding.Symptom);
        Assert.Equal("net.core.somaxconn = 4096", finding.Remedy);
        Assert.All(plan.Listeners, l => Assert.Equal(128, l.Backlog));
    }

    [Fact]
    public async Task A_socket_that_the_service_manager_brings_is_told()
    {
        var json = Loaded.Json().Replace("127.0.0.1:8080", "systemd:edge", StringComparison.Ordinal);

        var finding = (await Plans.MakeAsync(Plans.Machine(20_000), json)).Only("inherited-socket");

        Assert.Equal(Severity.Info, finding.Severity);
        Assert.Contains("FileDescriptorName=edge", finding.Wanted);
        (await Plans.MakeAsync(Plans.Machine(20_000))).Silent("inherited-socket");
    }

    [Fact]
    public async Task A_backlog_within_somaxconn_is_no_finding()
    {
        var plan = await Plans.MakeAsync(Plans.Machine(20_000, ("net.core.somaxconn", "4096"), ("net.ipv4.tcp_max_syn_backlog", "4096")));

        Assert.Empty(plan.Findings);
        Assert.All(plan.Listeners, l => Assert.Equal(4096, l.Backlog));
    }

    [Theory]
    [InlineData("ReceiveBuffer", "receive-buffer", "net.core.rmem_max")]
    [InlineData("SendBuffer", "send-buffer", "net.core.wmem_max")]
    public async Task A_buffer_above_the_kernels_maximum_is_told(string key, string id, string setting)
    {
        var facts = Plans.Machine(20_000, ("net.core.rmem_max", "212992"), ("net.core.wmem_max", "212992"));

        var plan = await Plans.MakeAsync(facts, Loaded.Json($", \"{key}\": 1048576"));
        Assert.Equal($"{setting} = 1048576", plan.Only(id).Remedy);

        (await Plans.MakeAsync(facts, Loaded.Json($", \"{key}\": 212992"))).Silent(id);
    }

    [Theory]
    [InlineData("", 212992, false, "net.core.rmem_max = 4194304")]
    [InlineData(", \"ReceiveBuffer\": 1048576", 212992, true, "net.core.rmem_max = 1048576")]
    public async Task A_udp_listeners_buffer_above_the_kernels_maximum_is_told(
        string more, int most, bool asked, string remedy)
    {
        var plan = await Plans.MakeAsync(
            Plans.Machine(20_000, ("net.core.rmem_max", $"{most}")), Loaded.Udp(more: more));

        var finding = plan.Only("udp-receive-buffer");
        Assert.Equal((asked ? Severity.Warning : Severity.Info, remedy), (finding.Severity, finding.Remedy));
        plan.Silent("receive-buffer");
        (await Plans.MakeAsync(Plans.Machine(20_000, ("net.core.rmem_max", "4194304")), Loaded.Udp(more: more)))
            .Silent("udp-receive-buffer");
    }

    [Fact]
    public async Task A_udp_listener_has_flows_of_one_descriptor_and_no_backlog()
    {
        var plan = await Plans.MakeAsync(Plans.Machine(20_000, ("net.core.somaxconn", "128")), Loaded.Udp());

        Assert.DoesNotContain("dns", plan.Only("backlog").Title, StringComparison.Ordinal);
        Assert.Equal(1, plan.Listeners.Single(l => l.Listener == "dns").Descriptors);
    }

    [Fact]
    public async Task Too_few_ports_for_a_relay_names_the_way_out()
    {
        string json = Loaded.Json().Replace("http://127.0.0.1:5000", "http://app.example:5000", StringComparison.Ordinal);
        var narrow = await Plans.MakeAsync(Plans.Machine(100_000, ("net.ipv4.ip_local_port_range", "32768 60999")), json);
        var finding = narrow.Only("ephemeral-ports");
        Assert.Contains("28,232 ports × 1 pair of source address and destination = 28,232", finding.Found);
        Assert.Contains("EADDRNOTAVAIL", finding.Symptom);
        Assert.Equal(("net.ipv4.ip_local_port_range = 1024 65535", null), (finding.Remedy, finding.Where));

        // 1,000,000 descriptors hold half as many relays, for which 64,512 ports are wanted eight times.
        var beyond = await Plans.MakeAsync(Plans.Machine(1_000_000, ("net.ipv4.ip_local_port_range", "1024 65535")), json);
        Assert.Contains("8 source addresses for cluster game", beyond.Only("ephemeral-ports").Where);

        (await Plans.MakeAsync(Plans.Machine(50_000, ("net.ipv4.ip_local_port_range", "32768 60999")), json)).Silent("ephemeral-ports");
    }

    [Fact]
    public async Task A_listeners_port_among_the_ephemeral_ones_keeps_the_reserved_ones_in_its_remedy()
    {
        var json = Loaded.Json().Replace(":7000", ":40000", StringComparison.Ordinal);
        var plan = await Plans.MakeAsync(
            Plans.Machine(20_000, ("net.ipv4.ip_local_port_range", "32768 60999"), ("net.ipv4.ip_local_reserved_ports", "50000")), json);
        Assert.Equal("net.ipv4.ip_local_reserved_ports = 50000,40000", plan.Only("listener-port-ephemeral").Remedy);

        (await Plans.MakeAsync(
            Plans.Machine(20_000, ("net.ipv4.ip_local_port_range", "32768 60999"), ("net.ipv4.ip_local_reserved_ports", "39999-40001")), json))
            .Silent("listener-port-ephemeral");
    }

    [Fact]
    public async Task A_relay_stands_twice_in_the_conntrack_table()
    {
        var plan = await Plans.MakeAsync(
            Plans.Machine(20_000, ("net.netfilter.nf_conntrack_max", "10000"), ("net.netfilter.nf_conntrack_count", "100")));

        // Its descriptors would hold what the table does not.
        long others = plan.Limits.Single(l => l.Resource == "descriptors").Connections;
        Assert.Equal($"net.netfilter.nf_conntrack_max = {100 + (2 * others)}", plan.Only("conntrack").Remedy);
        Assert.Equal(((10_000 - 100) / 2, "conntrack"), (plan.MaxConnections, plan.Binding.Resource));
        (await Plans.MakeAsync(Plans.Machine(20_000, ("net.netfilter.nf_conntrack_max", "40000")))).Silent("conntrack");
    }

    [Fact]
    public async Task Small_tcp_memory_is_told_with_its_counter()
    {
        var plan = await Plans.MakeAsync(Plans.Machine(200_000, ("net.ipv4.tcp_mem", "10000 20000 30000")));

        Assert.Contains("TCPMemoryPressures", plan.Only("tcp-memory").Symptom);
        (await Plans.MakeAsync(Plans.Machine(20_000, ("net.ipv4.tcp_mem", "10000 20000 30000")))).Silent("tcp-memory");
    }

    [Fact]
    public async Task A_small_control_group_is_told_and_its_fraction_honoured()
    {
        var facts = Plans.Machine(20_000) with { CgroupMemory = new CgroupLimit(600L << 20, null, "/sys/fs/cgroup/x/memory.max") };

        Assert.Empty((await Plans.MakeAsync(facts, Loaded.Json(section: """, "Limits": { "MaxConnections": 9500 }"""))).Findings);
        var plan = await Plans.MakeAsync(
            facts, Loaded.Json(section: """, "Limits": { "MaxConnections": 9500, "MemoryFraction": 0.5 }"""));
        var finding = plan.Only("max-connections");
        Assert.Contains("memory.max", finding.Title);
        Assert.StartsWith("MemoryMax=", finding.Remedy);
        plan.Silent("memory"); // said already
        Assert.Equal("memory", plan.Binding.Resource);
    }

    [Fact]
    public async Task Each_limit_that_is_too_small_for_the_number_asked_for_is_told()
    {
        var facts = Plans.Machine(20_000, ("net.netfilter.nf_conntrack_max", "10000")) with
        {
            CgroupMemory = new CgroupLimit(400L << 20, null, "/sys/fs/cgroup/x/memory.max"),
        };

        var plan = await Plans.MakeAsync(facts, Loaded.Json(section: """, "Limits": { "MaxConnections": 11000 }"""));

        Assert.Contains("nf_conntrack_max", plan.Only("max-connections").Title);
        Assert.Contains("/sys/fs/cgroup/x/memory.max", plan.Only("memory").Found);
        plan.Silent("conntrack");
        plan.Silent("descriptors-none");
    }

    [Fact]
    public async Task A_machine_without_memory_for_the_number_gets_the_number_that_it_holds()
    {
        var plan = await Plans.MakeAsync(
            Plans.Machine(20_000) with { TotalMemory = 100L << 20 }, Loaded.Json(section: """, "Limits": { "MaxConnections": 11000 }"""));

        Assert.Equal($"\"MaxConnections\": {plan.Fits}", plan.Only("max-connections").Remedy);
    }

    [Fact]
    public async Task A_control_group_with_few_tasks_is_told()
    {
        var facts = Plans.Machine(20_000) with { CgroupPids = new CgroupLimit(60, 20, "/sys/fs/cgroup/pids.max") };

        Assert.StartsWith("TasksMax=", (await Plans.MakeAsync(facts)).Only("tasks").Remedy);
    }

    [Fact]
    public async Task An_admin_address_that_others_reach_is_told()
    {
        var plan = await Plans.MakeAsync(Plans.Machine(20_000), Loaded.Json(section: """, "Admin": { "Bind": "0.0.0.0:9901" }"""));

        Assert.Equal(Severity.Warning, plan.Only("admin-exposed").Severity);
        (await Plans.MakeAsync(Plans.Machine(20_000))).Silent("admin-exposed");
    }

    [Fact]
    public async Task A_difference_from_the_tuning_file_is_a_warning_that_names_its_line()
    {
        var plan = await Plans.MakeAsync(
            Plans.Machine(20_000, ("net.core.somaxconn", "4096"), ("net.ipv4.tcp_rmem", "4096 131072 6291456"), ("net.core.rmem_max", "500")),
            tuning: "# wishes\nnet.core.somaxconn = 65535\nnet/ipv4/tcp_rmem=4096\t131072  6291456\nnet.core.rmem_max = 400\nno.such.key = 1\n-nor.this = 1\n");

        var finding = plan.Only("tuning:net.core.somaxconn");
        Assert.Equal((Severity.Warning, "4096", "65535 (my.conf:2)"), (finding.Severity, finding.Found, finding.Wanted));
        Assert.Equal("net.core.somaxconn = 65535", finding.Remedy);
        plan.Silent("tuning:net.ipv4.tcp_rmem");
        Assert.Equal(Severity.Info, plan.Only("tuning:net.core.rmem_max").Severity);
        Assert.Equal((Severity.Info, "unknown"), (plan.Only("tuning:no.such.key").Severity, plan.Only("tuning:no.such.key").Found));
        plan.Silent("tuning:nor.this");
    }
}
