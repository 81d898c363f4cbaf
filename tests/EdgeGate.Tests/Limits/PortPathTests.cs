using EdgeGate.Configuration;
using EdgeGate.Limits;
using EdgeGate.Tests.Configuration;

namespace EdgeGate.Tests.Limits;

/// <summary>What ports are counted by.</summary>
public sealed class PortPathTests
{
    [Fact]
    public async Task Two_listeners_that_lead_to_one_destination_share_its_ports()
    {
        string json = Loaded.Json().Replace(
            "\"game\": { \"Bind\"", """
            "again": { "Bind": "127.0.0.1:7002", "Protocol": "tcp", "Cluster": "game" },
            "game": { "Bind"
            """, StringComparison.Ordinal);

        var plan = await PlanAsync(json);

        // One path for http, one for both relays.
        Assert.Equal(2_000, Ports(plan)?.Total);
        Assert.Equal([1_000, 1_000, 1_000], plan.Listeners.Select(l => l.MaxConnections));
        Assert.Equal(2_000, plan.MaxConnections);
    }

    [Fact]
    public async Task All_clusters_of_the_routes_together_bound_a_listener_of_http()
    {
        string json = Loaded.Json(proxy: """, "more": { "Destinations": { "one": { "Address": "http://[::1]" }, "two": { "Address": "https://127.0.0.1" } } } """)
            .Replace("\"Routes\": {", """ "Routes": { "more": { "ClusterId": "more", "Match": { "Path": "/more" } },""", StringComparison.Ordinal);

        Assert.Equal(3_000, (await PlanAsync(json)).Listeners.Single(l => l.Listener == "web").MaxConnections);
    }

    [Theory]
    [InlineData("tcp://game.example:7001")]
    [InlineData("unix:/run/game.sock")]
    public async Task A_name_or_a_Unix_socket_bounds_nothing(string address)
    {
        var plan = await PlanAsync(Loaded.Json().Replace("tcp://127.0.0.1:7001", address, StringComparison.Ordinal));

        Assert.Null(Ports(plan));
        Assert.Contains(plan.Unmeasured, limit => limit.Resource == "ports");
        Assert.Equal(1_000, plan.Listeners.Single(l => l.Listener == "web").MaxConnections);
        Assert.Equal(plan.MaxConnections, plan.Listeners.Single(l => l.Listener == "game").MaxConnections);
    }

    [Theory]
    [InlineData(null, 1_000)]
    [InlineData("127.0.0.2, 127.0.0.3", 2_000)]
    public async Task A_UDP_port_serves_once_whatever_the_destinations(string? sources, int expected)
    {
        GatewayConfig config = await Loaded.GoodAsync(Loaded.Udp().Replace(
            "\"one\": { \"Address\": \"udp://127.0.0.1:53\" }",
            "\"one\": { \"Address\": \"udp://127.0.0.1:53\" }, \"two\": { \"Address\": \"udp://dns.example:53\" }",
            StringComparison.Ordinal));
        if (sources is not null)
        {
            var metadata = new Dictionary<string, string> { ["EdgeGate.SourceAddresses"] = sources };
            config = config with { Clusters = [.. config.Clusters.Select(c => c with { Metadata = metadata })] };
        }

        var plan = CapacityPlan.Create(Plans.Machine(20_000, ("net.ipv4.ip_local_port_range", "10001 11000")), config, null);

        Assert.Equal(expected, plan.Listeners.Single(l => l.Listener == "dns").MaxConnections);
    }

    [Fact]
    public async Task Sources_serve_destinations_of_their_own_family()
    {
        GatewayConfig config = await Loaded.GoodAsync(Loaded.Json().Replace(
            "\"one\": { \"Address\": \"tcp://127.0.0.1:7001\" }",
            "\"one\": { \"Address\": \"tcp://127.0.0.1:7001\" }, \"two\": { \"Address\": \"tcp://[::1]:7001\" }",
            StringComparison.Ordinal));
        var metadata = new Dictionary<string, string> { ["EdgeGate.SourceAddresses"] = "127.0.0.2, 127.0.0.3, ::1" };
        config = config with { Clusters = [.. config.Clusters.Select(c => c with { Metadata = metadata })] };

        Assert.Equal(3, PortPath.Of(config, config.Listeners.Single(l => l.Name == "game"))?.Count);
    }

    private static Task<CapacityPlan> PlanAsync(string json) =>
        Plans.MakeAsync(Plans.Machine(20_000, ("net.ipv4.ip_local_port_range", "10001 11000")), json);

    private static LimitCapacity? Ports(CapacityPlan plan) => plan.Limits.FirstOrDefault(l => l.Resource == "ports");
}
