using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Listeners and clusters that come, change and go while others are served.</summary>
public sealed class ReloadTests : DaemonTests
{
    [Fact]
    public async Task A_listener_is_added_and_one_that_was_there_notices_nothing()
    {
        await using var echo = TcpUpstream.Echo();
        using var upstream = Answering("web");
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var open = await relay.ConnectAsync();
        await EchoAsync(open);

        var web = configuration.Proxy("web", upstream.Address);
        var second = configuration.Listen("second", "tcp", "relay");
        await ReloadAsync(daemon, configuration);

        using var client = new HttpClient();
        Assert.Equal("web", await client.GetStringAsync(web, Token));
        using var late = await second.ConnectAsync();
        await EchoAsync(late);
        await EchoAsync(open);
    }

    [Fact]
    public async Task Clients_that_connect_while_a_listener_changes_are_all_served()
    {
        await using var first = TcpUpstream.Echo();
        await using var second = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        configuration.Cluster("first", $"tcp://{first.EndPoint}");
        configuration.Cluster("second", $"tcp://{second.EndPoint}");
        var relay = configuration.Listen("relay", "tcp", "first");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var open = await relay.ConnectAsync();
        await EchoAsync(open);
        using var done = new CancellationTokenSource();
        Task<int>[] clients = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => KeepConnectingAsync(relay, done.Token)))];

        for (int i = 0; i < 6; i++)
        {
            string more = $$"""{ "Backlog": {{100 + i}}, "MaxConnections": {{1000 + i}}, "IdleTimeout": "00:0{{i + 1}}:00" }""";
            configuration.Listen("relay", "tcp", i % 2 == 0 ? "second" : "first", more, relay);
            await ReloadAsync(daemon, configuration, times: i + 1);
        }

        await done.CancelAsync();
        Assert.All(await Task.WhenAll(clients), served => Assert.InRange(served, 1, int.MaxValue));
        Assert.InRange(second.Accepted, 1, int.MaxValue);
        await EchoAsync(open);
    }

    [Fact]
    public async Task Connections_that_were_open_at_a_reload_counted_as_the_daemons_own_and_made_the_plan_smaller()
    {
        await using var echo = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        int before = await daemon.CapacityAsync();
        var open = new List<Socket>();
        try
        {
            while (open.Count < 200)
            {
                open.Add(await relay.ConnectAsync());
                await EchoAsync(open[^1]);
            }

            await ReloadAsync(daemon, configuration);

            // Two descriptors for each would have made it 200 less.
            Assert.InRange(await daemon.CapacityAsync(), before - 20, before + 20);
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task A_listener_that_goes_refuses_at_once_and_drains_with_its_deadline()
    {
        await using var echo = TcpUpstream.Echo();
        using var upstream = Answering("web");
        var configuration = new DaemonConfiguration();
        var stays = configuration.Relay("stays", echo.EndPoint);
        var goes = configuration.Relay("goes", echo.EndPoint, """{ "DrainTimeout": "00:00:02" }""");
        var web = configuration.Proxy("web", upstream.Address);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var kept = await stays.ConnectAsync();
        using var draining = await goes.ConnectAsync();
        await EchoAsync(kept);
        await EchoAsync(draining);
        using var client = new HttpClient();
        Assert.Equal("web", await client.GetStringAsync(web, Token));

        configuration.RemoveListener("goes");
        configuration.RemoveListener("web");
        await ReloadAsync(daemon, configuration);

        await AssertRefusedAsync(goes);
        await AssertRefusedAsync(new IPEndPoint(IPAddress.Loopback, web.Port));
        await EchoAsync(draining);
        var ended = await Assert.ThrowsAsync<SocketException>(
            () => draining.ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Equal(SocketError.ConnectionReset, ended.SocketErrorCode);
        await EchoAsync(kept);
        await daemon.MetricAsync("edgegate_connections_closed_total", 1, ("listener", "goes"), ("reason", "drain"));
    }

    [Fact]
    public async Task Relays_on_a_cluster_that_goes_drain_with_the_deadline()
    {
        await using var echo = TcpUpstream.Echo();
        await using var other = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("old", echo.EndPoint, """{ "DrainTimeout": "00:00:02" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var draining = await relay.ConnectAsync();
        await EchoAsync(draining);

        configuration.RemoveCluster("old");
        configuration.Cluster("new", $"tcp://{other.EndPoint}");
        configuration.Listen("old", "tcp", "new", """{ "DrainTimeout": "00:00:02" }""", relay);
        await ReloadAsync(daemon, configuration);

        using var late = await relay.ConnectAsync();
        await EchoAsync(late);
        await EchoAsync(draining);
        await Assert.ThrowsAsync<SocketException>(
            () => draining.ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(20), Token));
        await EchoAsync(late);
        Assert.Equal(1, other.Accepted);
    }

    [Fact]
    public async Task A_listeners_protocol_changes_on_the_same_socket()
    {
        await using var echo = TcpUpstream.Echo();
        using var upstream = Answering("web");
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("door", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var open = await relay.ConnectAsync();
        await EchoAsync(open);
        using var client = new HttpClient();
        var address = new Uri($"http://{relay}");

        configuration.Cluster("web", upstream.Address.ToString());
        configuration.Route("web", "{**path}", "web");
        configuration.Listen("door", "http", at: relay);
        await ReloadAsync(daemon, configuration);

        Assert.Equal("web", await client.GetStringAsync(address, Token));
        await EchoAsync(open);

        configuration.Listen("door", "tcp", "door", at: relay);
        await ReloadAsync(daemon, configuration, times: 2);

        using var late = await relay.ConnectAsync();
        await EchoAsync(late);
        await EchoAsync(open);
    }

    [Fact]
    public async Task A_request_in_flight_outlives_the_change_of_its_listener()
    {
        var asked = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        using var upstream = new RawUpstream(
            async connection =>
            {
                while (await connection.ReadHeadAsync() is not null)
                {
                    asked.TrySetResult();
                    await release.Task;
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
                }
            },
            Token);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", upstream.Address);
        var at = new IPEndPoint(IPAddress.Loopback, web.Port);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new HttpClient();
        using var silent = await at.ConnectAsync();
        await daemon.MetricAsync("edgegate_connections_active", 1);
        Task<string> answer = client.GetStringAsync(web, Token);
        await asked.Task.WaitAsync(Token);

        configuration.Listen("web", "http", more: """{ "IdleTimeout": "00:00:07" }""", at: at);
        await ReloadAsync(daemon, configuration);

        // The one that was accepted and had not spoken yet is served by the new settings, and the request goes on.
        await silent.SendAllAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        release.SetResult();
        Assert.Equal("late", await answer);
        Assert.EndsWith("late", System.Text.Encoding.ASCII.GetString(await silent.ReceiveToEndAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_cannot_be_bound_refuses_the_reload_whole()
    {
        await using var echo = TcpUpstream.Echo();
        await using var taken = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        var free = configuration.Listen("first", "tcp", "relay");
        configuration.Listen("second", "tcp", "relay", at: taken.EndPoint);
        configuration.RemoveListener("relay");
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");

        await daemon.SaysAsync("listener second: cannot bind");
        await AssertRefusedAsync(free);
        using var client = await relay.ConnectAsync();
        await EchoAsync(client);
    }

    private static async Task ReloadAsync(DaemonProcess daemon, DaemonConfiguration configuration, int times = 1)
    {
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await Until.TrueAsync(
            () => Task.FromResult(daemon.Output.Split(" reloaded").Length > times), what: "the configuration to be reloaded");
    }

    private static async Task<int> KeepConnectingAsync(IPEndPoint relay, CancellationToken done)
    {
        int served = 0;
        while (!done.IsCancellationRequested)
        {
            using Socket client = await relay.ConnectAsync();
            await EchoAsync(client);
            served++;
        }

        return served;
    }

    private RawUpstream Answering(string body) => new(
        async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
            {
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            }
        },
        Token);

    private static async Task AssertRefusedAsync(IPEndPoint endPoint)
    {
        var refused = await Assert.ThrowsAsync<SocketException>(() => endPoint.ConnectAsync());
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    private static async Task EchoAsync(Socket socket)
    {
        byte[] one = [7];
        await socket.SendAllAsync(one);
        await socket.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(5));
    }
}
