using EdgeGate.Configuration;
using EdgeGate.Limits;
using EdgeGate.Native.Kernel;
using EdgeGate.Tests.Configuration;
using EdgeGate.Tests.Kernel;

namespace EdgeGate.Tests.Limits;

/// <summary>
/// What binds on machines as there are, and at which number. The daemon's own, under the just-in-time compiler: of
/// descriptors 222 for the runtime, 28 for HttpClient, 2 for each listener, 4 for two loops, 1 for the admin address, 64 in
/// reserve, 64 for the pipes of relays; of memory 41 MiB = 42,991,616 bytes.
/// </summary>
public sealed class MachinePlanTests
{
    // One listener each; both upstreams have a name, so that ports bind nothing.
    private const string Chat = """
        { "EdgeGate": { "Listeners": { "web": { "Bind": "0.0.0.0:8080", "Protocol": "http" } }, "Transport": { "Loops": 2 } },
          "ReverseProxy": {
            "Routes": { "all": { "ClusterId": "app", "Match": { "Path": "{**all}" } } },
            "Clusters": { "app": { "Destinations": { "one": { "Address": "http://app.example:5000" } } } } } }
        """;

    private const string Game = """
        { "EdgeGate": { "Listeners": { "game": { "Bind": "0.0.0.0:7000", "Protocol": "tcp", "Cluster": "game" } },
                        "Transport": { "Loops": 2 } },
          "ReverseProxy": { "Clusters": { "game": { "Destinations": { "one": { "Address": "tcp://game.example:7000" } } } } } }
        """;

    [Fact]
    public async Task A_bare_server_is_bound_by_its_descriptors()
    {
        // 222 + 2 + 4 + 1 + 64 + 64 = 357; (1,048,576 - 357) / 2 = 524,109.
        // Memory would hold (65,700,000 KiB x 0.8 - 42,991,616) / 10,400 = 5,171,004, TCP 1,560,000 pages / 2 = 780,000.
        var plan = await PlanAsync(Game, Machines.BareServer);

        Is(plan, "descriptors", "RLIMIT_NOFILE", 524_109);
        Assert.Equal(5_171_004, Holds(plan, "memory"));
        Assert.Equal(780_000, Holds(plan, "tcp-memory"));
    }

    [Fact]
    public async Task A_small_server_as_Debian_sets_it_up_is_bound_by_the_kernels_memory_for_TCP()
    {
        // Two sockets, a page each: 45,690 / 2 = 22,845. Ports would do for 28,232, descriptors for (524,288 - 357) / 2.
        var plan = await PlanAsync(WithAddress(Game), Machines.DebianDefaults);

        Is(plan, "tcp-memory", "net.ipv4.tcp_mem", 22_845);
        Assert.Equal(28_232, Holds(plan, "ports"));
        Assert.Equal(261_965, Holds(plan, "descriptors"));
        Assert.Equal("tcp-memory", plan.Only("tcp-memory").Id);
    }

    [Fact]
    public async Task A_container_of_512_MB_is_bound_by_its_memory()
    {
        // (536,870,912 x 0.8 = 429,496,729 - 42,991,616) / (21,000 + 8,700) = 13,013.
        var plan = await PlanAsync(Chat, Machines.Container);

        Is(plan, "memory", "memory.max", 13_013);
        Assert.Equal("--sysctl net.core.somaxconn=\"4096\"", plan.Only("backlog").Remedy);
        Assert.DoesNotContain(plan.Limits, l => l.Resource is "tcp-memory" or "conntrack");
    }

    [Fact]
    public async Task A_pod_is_bound_by_the_memory_that_the_groups_above_leave_it()
    {
        // Version 1 does not charge accepted sockets: (268,435,456 x 0.8 = 214,748,364 - 42,991,616) / (1,400 + 5,400) = 25,258.
        var plan = await PlanAsync(Game, Machines.Pod);

        Is(plan, "memory", "memory.stat", 25_258);
        var backlog = plan.Only("backlog");
        Assert.Equal("sysctls: [ { name: net.core.somaxconn, value: \"4096\" } ]", backlog.Remedy);
        Assert.Contains("securityContext", backlog.Where);
    }

    [Fact]
    public async Task A_hard_limit_of_a_billion_descriptors_is_taken_for_four_million()
    {
        // (4,194,304 - 357) / 2 = 2,096,973.
        var plan = await PlanAsync(Game, Machines.Billion);

        Is(plan, "descriptors", "EdgeGate's ceiling for \"auto\"", 2_096_973);
        Assert.Equal(Severity.Info, plan.Only("descriptors-ceiling").Severity);
    }

    [Fact]
    public async Task A_conntrack_table_at_its_default_binds()
    {
        // (262,144 - 1,000) / 2 = 130,572. Memory would hold (16,000,000 KiB x 0.8 - 42,991,616) / 29,700 = 439,872, and
        // that is what the table is to be raised to: 1,000 + 2 x 439,872.
        var plan = await PlanAsync(Chat, Machines.Conntrack);

        Is(plan, "conntrack", "net.netfilter.nf_conntrack_max", 130_572);
        Assert.Equal("net.netfilter.nf_conntrack_max = 880744", plan.Only("conntrack").Remedy);
    }

    [Theory]
    [InlineData(null, 1_848)]
    [InlineData("10.0.0.2, 10.0.0.3", 3_696)]
    public async Task A_tiny_port_range_binds_and_source_addresses_multiply_it(string? sources, long expected)
    {
        // 33,791 - 32,768 + 1 = 1,024 ports, of which 100 are reserved: 924 for each of two destinations, from each source.
        GatewayConfig config = await Loaded.GoodAsync(WithAddress(Game).Replace(
            "\"one\":", "\"two\": { \"Address\": \"tcp://10.0.0.7:7000\" }, \"one\":", StringComparison.Ordinal));
        if (sources is not null)
        {
            config = config with { Clusters = [config.Clusters[0] with { Metadata = Sources(sources) }] };
        }

        var plan = CapacityPlan.Create(Facts(Machines.TinyPortRange), config, null);

        Is(plan, "ports", "net.ipv4.ip_local_port_range", expected);
        Assert.Equal(expected, plan.Listeners[0].MaxConnections);
    }

    [Fact]
    public async Task A_masked_proc_sys_leaves_what_the_process_knows_of_itself()
    {
        // 222 + 28 + 2 + 4 + 1 + 64 = 321; (20,000 - 321) / 2 = 9,839.
        // Memory would hold (4,000,000 KiB x 0.8 - 42,991,616) / 29,700 = 108,882.
        var plan = await PlanAsync(Chat, Machines.MaskedProcSys);

        Is(plan, "descriptors", "RLIMIT_NOFILE", 9_839);
        Assert.Equal(108_882, Holds(plan, "memory"));
        Assert.Equal(2, plan.Limits.Length);
    }

    private static string WithAddress(string json) => json.Replace("game.example", "10.0.0.6", StringComparison.Ordinal);

    private static Dictionary<string, string> Sources(string text) => new() { ["EdgeGate.SourceAddresses"] = text };

    private static async Task<CapacityPlan> PlanAsync(string json, string recording) =>
        CapacityPlan.Create(Facts(recording), await Loaded.GoodAsync(json), null);

    private static KernelFacts Facts(string recording)
    {
        using var machine = new RecordedMachine(recording);
        return new KernelFactsReader(machine.Root).Read();
    }

    private static void Is(CapacityPlan plan, string resource, string setting, long connections)
    {
        Assert.Equal((resource, setting, connections), (plan.Binding.Resource, plan.Binding.Setting, plan.Binding.Connections));
        Assert.Equal(connections, plan.MaxConnections);
    }

    private static long Holds(CapacityPlan plan, string resource) => plan.Limits.Single(l => l.Resource == resource).Connections;
}
