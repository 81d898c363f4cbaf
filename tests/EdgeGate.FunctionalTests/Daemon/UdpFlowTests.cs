using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using UdpClient = EdgeGate.FunctionalTests.Layer4.UdpClient;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>The life of a flow: how many there may be, and how they end.</summary>
public sealed class UdpFlowTests : DaemonTests
{
    [Fact]
    public async Task A_silent_flow_ends_and_gives_its_descriptor_back()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams("echo", upstream.EndPoint, """{ "FlowIdleTimeout": "00:00:01" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using (var first = new UdpClient(relay))
        {
            await first.AskAsync(1); // what the first one costs for good has been paid
        }

        await daemon.MetricAsync("edgegate_connections_closed_total", 1, ("listener", "echo"), ("reason", "idle"));
        int before = daemon.Descriptors;
        UdpClient[] clients = [.. Enumerable.Range(0, 50).Select(_ => new UdpClient(relay))];
        await Task.WhenAll(clients.Select(client => client.AskAsync(1)));

        await daemon.MetricAsync("edgegate_connections_closed_total", 51, ("listener", "echo"), ("reason", "idle"));

        await daemon.MetricAsync("edgegate_connections_active", 0, ("listener", "echo"));
        await Until.TrueAsync(() => daemon.Descriptors <= before + 2, what: "the descriptors to come back");
        Assert.Equal([2], await clients[0].AskAsync(2)); // and the next datagram begins another
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task A_flow_that_speaks_now_and_then_does_not_end()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams("echo", upstream.EndPoint, """{ "FlowIdleTimeout": "00:00:04" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var talker = new UdpClient(relay);
        using var silent = new UdpClient(relay);
        await talker.AskAsync(1);
        await silent.AskAsync(1);

        // For as long as the silent one lasts, and a little longer.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (!Token.IsCancellationRequested && (await daemon.ConnectionsAsync()).Count == 2)
        {
            await timer.WaitForNextTickAsync(Token);
            await talker.AskAsync(1);
        }

        Assert.Equal(talker.Source, (string?)Assert.Single(await daemon.ConnectionsAsync())!["source"]);
        await daemon.MetricAsync("edgegate_connections_accepted_total", 2, ("listener", "echo"));
    }

    [Fact]
    public async Task A_flow_is_listed_and_killed_by_its_id()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams("echo", upstream.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new UdpClient(relay);
        await client.AskAsync(1, 2, 3);
        var flow = Assert.Single(await daemon.ConnectionsAsync())!;
        Assert.Equal("udp", (string?)flow["protocol"]);
        Assert.Equal(client.Source, (string?)flow["source"]);
        Assert.Equal(upstream.EndPoint.ToString(), (string?)flow["destination"]);
        Assert.Equal((3, 3), ((int)flow["bytesIn"]!, (int)flow["bytesOut"]!));

        using var killed = await daemon.Admin.DeleteAsync($"/connections/{flow["id"]}", Token);

        Assert.Equal(HttpStatusCode.NoContent, killed.StatusCode);
        Assert.Empty(await daemon.ConnectionsAsync());
        await daemon.MetricAsync("edgegate_connections_closed_total", 1, ("reason", "killed"));
        Assert.Equal([4], await client.AskAsync(4));
        Assert.NotEqual((long)flow["id"]!, (long)Assert.Single(await daemon.ConnectionsAsync())!["id"]!);
    }

    [Fact]
    public async Task One_source_has_its_limit_and_another_has_its_own()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Transport", """{ "Loops": 4 }""");
        var relay = configuration.RelayDatagrams(
            "echo", upstream.EndPoint, """{ "MaxConnectionsPerSource": 3, "FlowIdleTimeout": "00:01:00" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        UdpClient[] clients = [.. Enumerable.Range(0, 5).Select(_ => new UdpClient(relay))];
        for (byte i = 0; i < 3; i++)
        {
            Assert.Equal([i], await clients[i].AskAsync(i));
        }

        await clients[3].SendAsync([3]);
        await clients[4].SendAsync([4]);
        await daemon.MetricAsync("edgegate_connections_rejected_total", 2, ("listener", "echo"), ("reason", "source"));

        using var other = new UdpClient(relay, IPAddress.Parse("127.0.0.9"));
        Assert.Equal([5], await other.AskAsync(5));
        Assert.Equal([0], await clients[0].AskAsync(0));
        Assert.True(clients[3].IsSilent);

        var first = (await daemon.ConnectionsAsync("?sort=id"))[0]!["id"];
        using var killed = await daemon.Admin.DeleteAsync($"/connections/{first}", Token);
        Assert.Equal([3], await clients[3].AskAsync(3));
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task A_full_listener_drops_and_counts_what_would_begin_a_flow()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams(
            "echo", upstream.EndPoint, """{ "MaxConnections": 2, "FlowIdleTimeout": "00:00:04" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var one = new UdpClient(relay);
        using var two = new UdpClient(relay);
        using var three = new UdpClient(relay);
        await one.AskAsync(1);
        await two.AskAsync(2);

        await three.SendAsync([3]);

        await daemon.MetricAsync("edgegate_connections_rejected_total", n => n >= 1, ("listener", "echo"), ("reason", "limit"));
        await daemon.MetricAsync("edgegate_connections_active", 0, ("listener", "echo"));
        Assert.True(three.IsSilent);
        Assert.Equal([3], await three.AskAsync(3));
    }

    [Fact]
    public async Task Without_descriptors_flows_that_are_there_go_on_and_those_that_end_make_room()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams("echo", upstream.EndPoint, """{ "FlowIdleTimeout": "00:00:03" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new UdpClient(relay);
        await client.AskAsync(1);
        await daemon.LimitDescriptorsAsync(daemon.Descriptors + 4);
        var others = new List<UdpClient>();
        while (!daemon.Output.Contains("Too many open files", StringComparison.Ordinal))
        {
            Assert.InRange(others.Count, 0, 200);
            others.Add(new UdpClient(relay));
            await others[^1].SendAsync([2]);
            Assert.Equal([3], await client.AskAsync(3));
        }

        // What they lost is lost, so they go on asking; the flows that nobody uses end meanwhile.
        await Until.TrueAsync(
            async () =>
            {
                await others[^1].SendAsync([4]);
                return !others[^1].IsSilent;
            },
            what: "one that found no descriptor to be served");
        Assert.Equal([4], await others[^1].ReceiveAsync());
        Assert.Equal([5], await client.AskAsync(5));
        others.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_reload_changes_what_begins_and_leaves_what_is_there()
    {
        await using var first = UdpUpstream.Saying(1);
        await using var second = UdpUpstream.Saying(2);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("first", $"udp://{first.EndPoint}");
        configuration.Cluster("second", $"udp://{second.EndPoint}");
        var relay = configuration.Listen("game", "udp", "first", """{ "FlowIdleTimeout": "00:01:00" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var old = new UdpClient(relay);
        Assert.Equal([1], await old.AskAsync(0));

        configuration.Listen("game", "udp", "second", """{ "FlowIdleTimeout": "00:00:01", "ReceiveBuffer": 65536 }""", relay);
        await ReloadAsync(daemon, configuration);

        using var fresh = new UdpClient(relay);
        Assert.Equal([2], await fresh.AskAsync(0));
        Assert.Equal([1], await old.AskAsync(0));
        await daemon.MetricAsync("edgegate_connections_closed_total", 1, ("listener", "game"), ("reason", "idle"));
        Assert.Equal([1], await old.AskAsync(0));
    }

    [Fact]
    public async Task A_listener_that_goes_serves_its_flows_until_the_deadline_and_then_frees_its_port()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Transport", """{ "Loops": 4 }""");
        var goes = configuration.RelayDatagrams("goes", upstream.EndPoint, """{ "DrainTimeout": "00:00:05" }""");
        var stays = configuration.Listen("stays", "udp", "goes");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new UdpClient(goes);
        using var other = new UdpClient(stays);
        await client.AskAsync(1);
        await other.AskAsync(1);

        configuration.RemoveListener("goes");
        await ReloadAsync(daemon, configuration);

        Assert.Equal([2], await client.AskAsync(2));
        using var late = new UdpClient(goes);
        await late.SendAsync([3]);
        await daemon.MetricAsync("edgegate_datagrams_dropped_total", 1, ("listener", "goes"), ("reason", "drain"));
        await daemon.MetricAsync("edgegate_connections_closed_total", 1, ("listener", "goes"), ("reason", "drain"));
        await Until.TrueAsync(() => Ports.IsFree(goes.Port, SocketType.Dgram), what: "the port to be free");
        Assert.True(late.IsSilent);
        Assert.Equal([4], await other.AskAsync(4));
    }

    [Fact]
    public async Task A_listener_that_comes_back_before_its_flows_have_ended_has_its_socket_again()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Transport", """{ "Loops": 4 }""");
        const string Brief = """{ "DrainTimeout": "00:00:05" }""";
        var comes = configuration.RelayDatagrams("comes", upstream.EndPoint, Brief);
        configuration.Listen("stays", "udp", "comes");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new UdpClient(comes);
        await client.AskAsync(1);

        configuration.RemoveListener("comes");
        await ReloadAsync(daemon, configuration);
        configuration.Listen("comes", "udp", "comes", Brief, comes);
        await ReloadAsync(daemon, configuration, times: 2);

        using var late = new UdpClient(comes);
        Assert.Equal([2], await late.AskAsync(2));
        await daemon.SaysAsync("Drained what a reload took away; 0 connections"); // its deadline is over
        Assert.Equal([3], await client.AskAsync(3));
        Assert.Equal(2, (await daemon.ConnectionsAsync("?listener=comes")).Count);
    }

    [Fact]
    public async Task The_daemon_drains_its_flows_with_the_deadline_and_ends_well()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Transport", """{ "Loops": 4 }""");
        var relay = configuration.RelayDatagrams("echo", upstream.EndPoint, """{ "DrainTimeout": "00:00:05" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new UdpClient(relay);
        await client.AskAsync(1);

        await daemon.SignalAsync("TERM");
        await daemon.SaysAsync("Draining 1 connections");

        Assert.Equal([2], await client.AskAsync(2));
        Assert.Equal(0, await daemon.ExitAsync());
        Assert.Contains("Drained; 1 connections were still open", daemon.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("error", daemon.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_second_daemon_does_not_take_the_port_over()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Transport", """{ "Loops": 2 }""");
        var relay = configuration.RelayDatagrams("echo", upstream.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        var same = new DaemonConfiguration().With("Transport", """{ "Loops": 2 }""");
        same.Cluster("echo", $"udp://{upstream.EndPoint}");
        same.Listen("echo", "udp", "echo", at: relay);

        await using var second = DaemonProcess.Launch(same);

        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains($"listener echo: cannot bind {relay}", second.Output, StringComparison.Ordinal);
        for (byte i = 0; i < 20; i++)
        {
            using var client = new UdpClient(relay);
            Assert.Equal([i], await client.AskAsync(i));
        }
    }

    [Fact]
    public async Task A_port_of_the_kernels_choice_is_one_for_all_loops()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Transport", """{ "Loops": 4 }""");
        configuration.Cluster("echo", $"udp://{upstream.EndPoint}");
        configuration.Bind("echo", "127.0.0.1:0", "udp", "echo");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        await daemon.SaysAsync("echo (udp) on 127.0.0.1:");
        string said = daemon.Output[(daemon.Output.IndexOf("echo (udp) on ", StringComparison.Ordinal) + 14)..];
        var relay = IPEndPoint.Parse(said[..said.IndexOfAny([';', ','])]);

        for (byte i = 0; i < 20; i++)
        {
            using var client = new UdpClient(relay);
            Assert.Equal([i], await client.AskAsync(i));
        }

        Assert.Equal(20, (await daemon.ConnectionsAsync()).Count);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_and_tcp_may_have_the_same()
    {
        await using var upstream = UdpUpstream.Echo();
        await using var echo = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams("udp", upstream.EndPoint);
        configuration.Cluster("tcp", $"tcp://{echo.EndPoint}");
        configuration.Listen("tcp", "tcp", "tcp", at: relay);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var datagrams = new UdpClient(relay);
        using var stream = await relay.ConnectAsync();

        Assert.Equal([1], await datagrams.AskAsync(1));
        byte[] one = [7];
        await stream.SendAllAsync(one);
        await stream.ReceiveExactlyAsync(one);

        configuration.Listen("taken", "udp", "udp", at: upstream.EndPoint);
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await daemon.SaysAsync("listener taken: cannot bind");
        Assert.Equal([2], await datagrams.AskAsync(2));
    }

    private static async Task ReloadAsync(DaemonProcess daemon, DaemonConfiguration configuration, int times = 1)
    {
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await Until.TrueAsync(
            () => Task.FromResult(daemon.Output.Split(" reloaded").Length > times), what: "the configuration to be reloaded");
    }
}
