using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Active health of layer-4 destinations, and what the admin address says of clusters.</summary>
public sealed class HealthTests : DaemonTests
{
    private const string Checks = """
        {
          "LoadBalancingPolicy": "RoundRobin",
          "HealthCheck": { "Active": { "Enabled": true, "Interval": "00:00:00.2", "Timeout": "00:00:02" } },
          "Metadata": {
            "EdgeGate.ProbeSend": "PING\\r\\n", "EdgeGate.ProbeExpect": "PONG\\r\\n",
            "ConsecutiveFailuresHealthPolicy.Threshold": "1"
          }
        }
        """;

    [Fact]
    public async Task A_destination_that_accepts_and_answers_wrong_is_out_until_it_answers_right()
    {
        bool ill = true;
        await using var well = new TcpUpstream(socket => PongAsync(socket, () => "PONG\r\n"));
        await using var sick = new TcpUpstream(socket => PongAsync(socket, () => Volatile.Read(ref ill) ? "ERROR\r\n" : "PONG\r\n"));
        var configuration = new DaemonConfiguration();
        configuration.Cluster("pair", $"tcp://{well.EndPoint}", $"tcp://{sick.EndPoint}");
        configuration.Extend("pair", Checks);
        var relay = configuration.Listen("pair", "tcp", "pair");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        await HealthIsAsync(daemon, "pair", "d1", "unhealthy");
        await HealthIsAsync(daemon, "pair", "d0", "healthy");
        await Until.TrueAsync(async () => !(bool)(await daemon.DestinationAsync("pair", "d1"))["available"]!);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("PONG\r\n", await AskAsync(relay));
        }

        await daemon.MetricAsync("edgegate_upstream_available", 0, ("cluster", "pair"), ("destination", "d1"));
        Volatile.Write(ref ill, false);
        await HealthIsAsync(daemon, "pair", "d1", "healthy");
        await daemon.MetricAsync("edgegate_upstream_available", 2, ("cluster", "pair"));
    }

    [Fact]
    public async Task Connections_are_closed_when_the_policy_says_so_and_no_destination_is_well()
    {
        bool ill = true;
        await using var sick = new TcpUpstream(socket => PongAsync(socket, () => Volatile.Read(ref ill) ? "ERROR\r\n" : "PONG\r\n"));
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("one", sick.EndPoint);
        configuration.Extend("one", Checks.Replace(
            "\"HealthCheck\": {", "\"HealthCheck\": { \"AvailableDestinationsPolicy\": \"HealthyAndUnknown\",", StringComparison.Ordinal));
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        await HealthIsAsync(daemon, "one", "d0", "unhealthy");

        await Until.TrueAsync(async () => !(bool)(await daemon.DestinationAsync("one", "d0"))["available"]!);
        Assert.Equal("", await AskAsync(relay));
        await daemon.SaysAsync("cluster one has no destination to take it");

        Volatile.Write(ref ill, false);
        await Until.TrueAsync(async () => (bool)(await daemon.DestinationAsync("one", "d0"))["available"]!);
        Assert.Equal("PONG\r\n", await AskAsync(relay));
    }

    [Fact]
    public async Task All_are_tried_when_none_is_well_which_is_yarps_default()
    {
        await using var sick = new TcpUpstream(socket => PongAsync(socket, () => "ERROR\r\n"));
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("one", sick.EndPoint);
        configuration.Extend("one", Checks);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        await HealthIsAsync(daemon, "one", "d0", "unhealthy");

        Assert.Equal("ERROR\r\n", await AskAsync(relay));
    }

    [Fact]
    public async Task Redis_is_well_while_it_answers_to_ping_by_tcp_and_by_its_unix_socket()
    {
        await using var redis = await RedisServer.StartAsync(Token);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("redis", $"tcp://{redis.EndPoint}", "unix:" + redis.SocketPath, "unix:/run/nobody.sock");
        configuration.Extend("redis", Checks.Replace("\"PONG", "\"+PONG", StringComparison.Ordinal));
        configuration.Listen("redis", "tcp", "redis");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        await HealthIsAsync(daemon, "redis", "d0", "healthy");
        await HealthIsAsync(daemon, "redis", "d1", "healthy");
        await HealthIsAsync(daemon, "redis", "d2", "unhealthy");
    }

    [Fact]
    public async Task Clusters_of_both_layers_are_listed()
    {
        await using var echo = TcpUpstream.Echo();
        var release = new TaskCompletionSource();
        using var web = new RawUpstream(
            async connection =>
            {
                await connection.ReadHeadAsync();
                await release.Task;
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            },
            Token);
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", echo.EndPoint);
        configuration.Extend("relay", """
            { "LoadBalancingPolicy": "LeastRequests", "Metadata": { "EdgeGate.MaxConnectionsPerDestination": "9" } }
            """);
        var address = configuration.Proxy("web", web.Address);
        configuration.Cluster("file", "unix:/run/nobody.sock");
        configuration.Listen("file", "tcp", "file");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using Socket client = await relay.ConnectAsync();
        await client.SendAllAsync("x"u8.ToArray());
        await client.ReceiveExactlyAsync(new byte[1]);
        using var http = new HttpClient();
        Task<HttpResponseMessage> asking = http.GetAsync(address, Token);
        await Until.TrueAsync(() => web.Accepted == 1);

        JsonNode tcp = await daemon.ClusterAsync("relay");
        Assert.Equal(4, (int)tcp["layer"]!);
        Assert.Equal("LeastRequests", (string?)tcp["policy"]);
        Assert.Equal(0, (int)tcp["queue"]!["length"]!);
        Assert.Equal(1024, (int)tcp["queue"]!["capacity"]!);
        JsonNode one = Assert.Single(tcp["destinations"]!.AsArray())!;
        Assert.Equal($"tcp://{echo.EndPoint}", (string?)one["address"]);
        Assert.Equal(echo.EndPoint.ToString(), (string?)Assert.Single(one["endPoints"]!.AsArray()));
        Assert.Equal("unknown", (string?)one["health"]!["active"]);
        Assert.Equal("unknown", (string?)one["health"]!["passive"]);
        Assert.True((bool)one["available"]!);
        Assert.Equal(1, (int)one["active"]!);
        Assert.Equal(9, (int)one["maximum"]!);
        Assert.Equal(0, (int)one["failures"]!);

        JsonNode seven = await daemon.ClusterAsync("web");
        Assert.Equal(7, (int)seven["layer"]!);
        Assert.Equal("PowerOfTwoChoices", (string?)seven["policy"]);
        Assert.Equal(1, (int)Assert.Single(seven["destinations"]!.AsArray())!["active"]!);
        Assert.Equal("unix:/run/nobody.sock", (string?)(await daemon.DestinationAsync("file", "d0"))["address"]);
        release.SetResult();
        (await asking).Dispose();
    }

    private static async Task PongAsync(Socket socket, Func<string> answer)
    {
        byte[] question = new byte[6];
        await socket.ReceiveExactlyAsync(question);
        Assert.Equal("PING\r\n", System.Text.Encoding.ASCII.GetString(question));
        await socket.SendAllAsync(System.Text.Encoding.ASCII.GetBytes(answer()));
        socket.Shutdown(SocketShutdown.Send);
        _ = await socket.ReceiveAsync(question);
    }

    private static async Task<string> AskAsync(IPEndPoint relay)
    {
        using Socket client = await relay.ConnectAsync();
        try
        {
            await client.SendAllAsync("PING\r\n"u8.ToArray());
            return System.Text.Encoding.ASCII.GetString(
                await client.ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        }
        catch (SocketException closed) when (closed.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return "";
        }
    }

    private static Task HealthIsAsync(DaemonProcess daemon, string cluster, string destination, string health) =>
        Until.TrueAsync(
            async () => (string?)(await daemon.DestinationAsync(cluster, destination))["health"]!["active"] == health,
            what: $"{destination} to be {health}");
}
