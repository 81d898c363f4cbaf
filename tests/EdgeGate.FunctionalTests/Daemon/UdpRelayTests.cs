using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using UdpClient = EdgeGate.FunctionalTests.Layer4.UdpClient;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Datagrams through the real daemon: nothing lost, mixed up, cut or put together.</summary>
public sealed class UdpRelayTests : DaemonTests
{
    private const int Longest = 65_507; // IPv4: 65,535 less the headers

    [Fact]
    public async Task Dig_asks_a_real_dns_server_for_many_names()
    {
        var dig = await Tool.RequireAsync("dig", Token);
        await using var dns = await DnsServer.StartAsync(Token);
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams("dns", dns.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var folder = new TemporaryFolder();
        var names = Path.Combine(folder.Path, "names");
        await File.WriteAllLinesAsync(names, Enumerable.Range(0, DnsServer.Names).Select(DnsServer.Name), Token);

        var answers = await Tool.RunAsync(
            dig, ["@127.0.0.1", "-p", $"{relay.Port}", "+short", "+notcp", "+time=20", "+tries=1", "-f", names], Token);

        answers.AssertSuccess();
        Assert.Equal(
            Enumerable.Range(0, DnsServer.Names).Select(DnsServer.Address),
            answers.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await daemon.MetricAsync("edgegate_connections_accepted_total", n => n > 0, ("listener", "dns"), ("protocol", "udp"));
        await daemon.MetricAsync("edgegate_datagrams_dropped_total", 0);
    }

    [Fact]
    public async Task Two_hundred_interleaved_clients_get_their_own_answers_and_no_others()
    {
        const int Clients = 200, Rounds = 25;
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Transport", """{ "Loops": 4 }""");
        var relay = configuration.RelayDatagrams("echo", upstream.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        UdpClient[] clients = [.. Enumerable.Range(0, Clients).Select(_ => new UdpClient(relay))];

        for (int round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(clients.Select(async (client, i) =>
            {
                byte[] question = BitConverter.GetBytes(((long)i << 32) | (uint)round);
                Assert.Equal(question, await client.AskAsync(question));
            }));
        }

        Assert.All(clients, client => Assert.True(client.IsSilent));
        Assert.Equal(Clients * Rounds, upstream.Received);
        await daemon.MetricAsync("edgegate_connections_accepted_total", Clients, ("protocol", "udp"));
        await daemon.MetricAsync("edgegate_connections_active", Clients, ("protocol", "udp"));
        await daemon.MetricAsync("edgegate_connection_received_bytes_total", Clients * Rounds * 8, ("side", "client"));
        await daemon.MetricAsync("edgegate_connection_sent_bytes_total", Clients * Rounds * 8, ("side", "client"));
        await daemon.MetricAsync("edgegate_connection_sent_bytes_total", Clients * Rounds * 8, ("side", "upstream"));
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task Lengths_are_kept_from_nothing_to_the_longest()
    {
        await using var upstream = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams("echo", upstream.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new UdpClient(relay);

        foreach (int length in new[] { 0, 1, 0, 1472, 1473, 9000, 65_000, Longest, Longest - 1, 2 })
        {
            byte[] datagram = new byte[length];
            Random.Shared.NextBytes(datagram);
            Assert.Equal(datagram, await client.AskAsync(datagram));
        }

        // Several at once stay several, the empty ones too.
        int[] lengths = [3, 0, 300, 0, 1, 300];
        foreach (int length in lengths)
        {
            await client.SendAsync(new byte[length]);
        }

        foreach (int length in lengths)
        {
            Assert.Equal(length, (await client.ReceiveAsync()).Length);
        }

        Assert.True(client.IsSilent);
    }

    [Fact]
    public async Task One_question_may_have_many_answers_or_none()
    {
        await using var upstream = new UdpUpstream(
            datagram => Enumerable.Range(0, datagram[0]).Select(i => new[] { (byte)i }));
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams("many", upstream.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new UdpClient(relay);

        foreach (byte answers in new byte[] { 5, 0, 1, 200, 0, 2 })
        {
            await client.SendAsync([answers]);
            for (byte i = 0; i < answers; i++)
            {
                Assert.Equal([i], await client.ReceiveAsync());
            }
        }

        Assert.True(client.IsSilent);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public async Task Datagrams_that_come_together_through_the_kernel_arrive_apart(string bind)
    {
        byte[] all = new byte[1050];
        Random.Shared.NextBytes(all);
        await using var upstream = new UdpUpstream(datagram => datagram.Length == 1 ? [all] : [datagram]);
        upstream.SegmentBytes = 200;
        var configuration = new DaemonConfiguration();
        int port = Ports.Free();
        configuration.Cluster("echo", $"udp://{upstream.EndPoint}");
        configuration.Bind("echo", $"{bind}:{port}", "udp", "echo");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));

        await client.SendAsync([1]);
        foreach (byte[] piece in all.Chunk(200))
        {
            Assert.Equal(piece, await client.ReceiveAsync());
        }

        client.SegmentBytes = 100;
        await client.SendAsync(all);
        foreach (byte[] piece in all.Chunk(100))
        {
            Assert.Equal(piece, await client.ReceiveAsync());
        }

        Assert.Equal(1 + 11, upstream.Received);
        Assert.True(client.IsSilent);
    }

    [Fact]
    public async Task A_destination_that_refuses_ends_nothing_and_is_used_when_it_is_there()
    {
        var place = new IPEndPoint(IPAddress.Loopback, Ports.Free());
        await using var neighbour = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams("late", place);
        var other = configuration.RelayDatagrams("there", neighbour.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new UdpClient(relay);
        using var unaffected = new UdpClient(other);
        await client.SendAsync([1]);
        await daemon.MetricAsync("edgegate_upstream_connect_failures_total", 1, ("cluster", "late"));
        Assert.Equal("refused", (string?)Assert.Single(await daemon.ConnectionsAsync("?listener=late"))!["state"]);

        await AssertCalmAsync(daemon, async () =>
        {
            await client.SendAsync([2]);
            Assert.Equal([3], await unaffected.AskAsync(3));
        });

        await using var upstream = UdpUpstream.Echo(place);
        Assert.Equal([4], await client.AskAsync(4));
        Assert.Equal("open", (string?)Assert.Single(await daemon.ConnectionsAsync("?listener=late"))!["state"]);
        Assert.Equal(1, upstream.Received);
    }

    [Fact]
    public async Task A_flow_whose_destination_refuses_goes_to_another()
    {
        await using var alive = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        configuration.Cluster("two", $"udp://127.0.0.1:{Ports.Free()}", $"udp://{alive.EndPoint}");
        var relay = configuration.Listen("two", "udp", "two");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        UdpClient[] clients = [new(relay), new(relay), new(relay), new(relay)];

        foreach (UdpClient client in clients)
        {
            await client.SendAsync([0]);
        }

        await daemon.MetricAsync("edgegate_upstream_connect_failures_total", 2);
        foreach (UdpClient client in clients)
        {
            await client.SendAsync([1]);
            while ((await client.ReceiveAsync())[0] == 0)
            {
                // The answer to the first one, of those whom the other destination got.
            }
        }

        Assert.Equal(2 + 4, alive.Received);
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task Flows_are_spread_and_each_stays_where_it_is()
    {
        await using var first = UdpUpstream.Saying(1);
        await using var second = UdpUpstream.Saying(2);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("two", $"udp://{first.EndPoint}", $"udp://{second.EndPoint}");
        var relay = configuration.Listen("two", "udp", "two");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        var answers = new List<int>();

        for (int i = 0; i < 20; i++)
        {
            using var client = new UdpClient(relay);
            byte answer = (await client.AskAsync(0))[0];
            answers.Add(answer);
            for (int again = 0; again < 5; again++)
            {
                Assert.Equal(answer, (await client.AskAsync(0))[0]);
            }
        }

        Assert.Equal((10, 10), (answers.Count(a => a == 1), answers.Count(a => a == 2)));
    }

    [Fact]
    public async Task A_flood_leaves_the_loops_other_sockets_their_turn()
    {
        await using var echo = TcpUpstream.Echo();
        await using var sink = new UdpUpstream(_ => []);
        var configuration = new DaemonConfiguration().With("Transport", """{ "Loops": 1 }""");
        var relay = configuration.Relay("relay", echo.EndPoint);
        var flooded = configuration.RelayDatagrams("flooded", sink.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var established = await relay.ConnectAsync();
        using var done = new CancellationTokenSource();
        Task flood = Task.Run(() => FloodAsync(flooded, done.Token));

        for (int i = 0; i < 200; i++)
        {
            byte[] one = [(byte)i];
            await established.SendAllAsync(one);
            await established.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(5), Token);
        }

        await done.CancelAsync();
        await flood;
        await daemon.MetricAsync("edgegate_connection_received_bytes_total", n => n > 0, ("listener", "flooded"));
    }

    // Bounded, so that a failure elsewhere does not leave it running.
    private static async Task FloodAsync(IPEndPoint relay, CancellationToken done)
    {
        using var client = new UdpClient(relay);
        byte[] datagram = new byte[64];
        for (int i = 0; i < 2_000_000 && !done.IsCancellationRequested; i++)
        {
            await client.SendAsync(datagram);
        }
    }

    /// <summary>Something done every 100 ms for two seconds, for which the daemon may take a fifth of a core.</summary>
    private static async Task AssertCalmAsync(DaemonProcess daemon, Func<Task> action)
    {
        var clock = Stopwatch.StartNew();
        var before = daemon.ProcessorTime;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (clock.Elapsed < TimeSpan.FromSeconds(2))
        {
            await timer.WaitForNextTickAsync();
            await action();
        }

        double share = (daemon.ProcessorTime - before) / clock.Elapsed;
        Report(string.Create(CultureInfo.InvariantCulture, $"{share:P1} of a core while refused"));
        Assert.InRange(share, 0, 0.2);
    }
}
