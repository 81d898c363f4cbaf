using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>WebSockets, which hold an upstream connection each, in a network that has only a few ephemeral ports.</summary>
public sealed class HttpPortTests : DaemonTests
{
    private const int PortsPerSource = 16;
    private const int FirstClientPort = 62_000; // beyond the range: what is bound there takes no port from it

    private const string Upgrade = "GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

    private readonly List<RawConnection> _clients = [];

    [Theory]
    [InlineData(null, 1)]
    [InlineData("127.0.0.2", 1)]
    [InlineData("127.0.0.2, 127.0.0.3", 2)]
    public async Task As_many_sockets_as_there_are_ports_and_the_next_is_told_to_come_again(string? sources, int times)
    {
        using var network = NetworkNamespace.Create();
        using var upstream = Upstream(network);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", ByNameOf(upstream));
        configuration.Extend("web", Passive(sources));
        await using var daemon = await StartAsync(configuration, network);

        for (int i = 0; i < times * PortsPerSource; i++)
        {
            Assert.StartsWith("HTTP/1.1 101 ", await AskAsync(network, web), StringComparison.Ordinal);
        }

        for (int i = 0; i < 20; i++)
        {
            string answer = await AskAsync(network, web);
            Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: ", answer, StringComparison.OrdinalIgnoreCase);
        }

        await daemon.MetricAsync("edgegate_upstream_port_exhaustions_total", 20, ("cluster", "web"), ("destination", "d0"));
        await daemon.SaysAsync($"no port is left to connect from, {times * PortsPerSource} of {times * PortsPerSource} are held");
        await AssertHealthyAsync(daemon, "d0");
        Assert.Equal(times * PortsPerSource, await UsedAsync(daemon, "d0"));

        _clients[0].Dispose();
        await Until.TrueAsync(
            async () => (await AskAsync(network, web)).StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal),
            what: "the port of a socket that has gone to be used again");
        _clients.ForEach(client => client.Dispose());
        await Until.TrueAsync(async () => await UsedAsync(daemon, "d0") == 0, what: "all ports to come back");
    }

    [Fact]
    public async Task The_next_goes_to_the_destination_that_has_ports_left()
    {
        using var network = NetworkNamespace.Create();
        using var first = Upstream(network);
        using var second = Upstream(network);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", ByNameOf(first));
        configuration.Cluster("web", ByNameOf(first).ToString(), ByNameOf(second).ToString());
        configuration.Extend("web", Passive("127.0.0.2"));
        configuration.Extend("web", """{ "LoadBalancingPolicy": "FirstAlphabetical" }""");
        await using var daemon = await StartAsync(configuration, network);

        for (int i = 0; i < 2 * PortsPerSource; i++)
        {
            Assert.StartsWith("HTTP/1.1 101 ", await AskAsync(network, web), StringComparison.Ordinal);
        }

        Assert.Equal((PortsPerSource, PortsPerSource), (first.Accepted, second.Accepted));
        Assert.StartsWith("HTTP/1.1 503 ", await AskAsync(network, web), StringComparison.Ordinal);
        await AssertHealthyAsync(daemon, "d0");
        await AssertHealthyAsync(daemon, "d1");
        _clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_probe_for_which_there_is_no_port_says_nothing_of_the_destination()
    {
        using var network = NetworkNamespace.Create();
        using var upstream = Upstream(network);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", ByNameOf(upstream));
        configuration.Extend("web", Passive("127.0.0.2"));
        await using var daemon = await StartAsync(configuration, network);
        for (int i = 0; i < PortsPerSource; i++)
        {
            Assert.StartsWith("HTTP/1.1 101 ", await AskAsync(network, web), StringComparison.Ordinal);
        }

        configuration.Extend("web", """
            { "HealthCheck": { "Active": { "Enabled": true, "Interval": "00:00:00.1", "Timeout": "00:00:05", "Path": "/" } } }
            """);
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");

        await daemon.MetricAsync("edgegate_upstream_port_exhaustions_total", count => count >= 5);
        await AssertHealthyAsync(daemon, "d0");
        _clients.ForEach(client => client.Dispose());
    }

    private static RawUpstream Upstream(NetworkNamespace network) => network.Do(() => new RawUpstream(
        async connection =>
        {
            string? head = await connection.ReadHeadAsync();
            await connection.SendAsync(head?.Contains("Upgrade", StringComparison.OrdinalIgnoreCase) == true
                ? "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            await connection.WaitForCloseAsync();
        },
        TestContext.Current.CancellationToken));

    private static Uri ByNameOf(RawUpstream upstream) =>
        new($"http://{ByName.Of(new IPEndPoint(IPAddress.Loopback, upstream.Address.Port))}/");

    private static string Passive(string? sources) => $$"""
        {
          "HealthCheck": { "Passive": { "Enabled": true } },
          "Metadata": {
            "TransportFailureRateHealthPolicy.RateLimit": "0.1"
            {{(sources is null ? "" : $", \"EdgeGate.SourceAddresses\": \"{sources}\"")}}
          }
        }
        """;

    private static async Task<DaemonProcess> StartAsync(DaemonConfiguration configuration, NetworkNamespace network)
    {
        network.Set("net.ipv4.ip_local_port_range", $"61000 {61000 + PortsPerSource - 1}");
        return await DaemonProcess.StartAsync(configuration, network: network);
    }

    /// <summary>Asks for a WebSocket.</summary>
    /// <returns>The answer's head.</returns>
    private async Task<string> AskAsync(NetworkNamespace network, Uri web)
    {
        Socket socket = network.Open(new IPEndPoint(IPAddress.Loopback, FirstClientPort + _clients.Count));
        var client = new RawConnection(socket, Token);
        _clients.Add(client);
        await socket.ConnectAsync(IPAddress.Loopback, web.Port, Token);
        await client.SendAsync(Upgrade);
        return await client.ReadHeadAsync() ?? "";
    }

    private static async Task<int> UsedAsync(DaemonProcess daemon, string id) =>
        (await daemon.DestinationAsync("web", id))["ports"]!.AsArray().Sum(pair => (int)pair!["used"]!);

    private static async Task AssertHealthyAsync(DaemonProcess daemon, string id)
    {
        var destination = await daemon.DestinationAsync("web", id);
        Assert.True((bool)destination["available"]!);
        Assert.NotEqual("unhealthy", (string?)destination["health"]!["passive"]);
        Assert.NotEqual("unhealthy", (string?)destination["health"]!["active"]);
    }
}
