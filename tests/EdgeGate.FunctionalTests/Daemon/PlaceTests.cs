using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>A maximum of connections to each destination, and the queue for a place.</summary>
public sealed class PlaceTests : DaemonTests
{
    [Fact]
    public async Task Those_who_wait_are_served_in_their_order_and_who_leaves_is_skipped()
    {
        using var upstream = new NamedUpstream('a');
        var configuration = new DaemonConfiguration();
        var relay = Limited(configuration, upstream, "00:01:00");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        var clients = new List<Socket>();
        for (int i = 0; i < 8; i++)
        {
            clients.Add(await relay.ConnectAsync());
            await Until.TrueAsync(() => upstream.Accepted == 1);
            await QueueIsAsync(daemon, i);
        }

        Assert.Equal(7, (await daemon.ConnectionsAsync()).Count(row => (string?)row!["state"] == "queued"));
        Assert.Equal(1, upstream.Accepted);
        clients[3].Dispose(); // has said nothing: it is gone
        await QueueIsAsync(daemon, 6);
        clients[5].Reset();
        await QueueIsAsync(daemon, 5);
        await daemon.MetricAsync("edgegate_upstream_queue", 5);

        // A half-close after a whole request is no leaving.
        await clients[7].SendAllAsync("question"u8.ToArray());
        clients[7].Shutdown(SocketShutdown.Send);
        foreach (int next in new[] { 0, 1, 2, 4, 6 })
        {
            Assert.Equal("a", await HearAsync(clients[next], 1));
            await Until.TrueAsync(() => upstream.Open == 1, what: "the one before to be gone");
            clients[next].Dispose();
        }

        Assert.Equal("aquestion", await HearAsync(clients[7], 9));
        clients[7].Dispose();
        await daemon.MetricAsync("edgegate_connections_active", 0);
        await daemon.MetricAsync("edgegate_upstream_connections", 0);
        await daemon.MetricAsync("edgegate_connections_closed_total", c => c >= 2, ("reason", "client"));
        Assert.Equal(6, upstream.Accepted);
    }

    [Theory]
    [InlineData("00:00:01", "timeout", 0.9)]
    [InlineData("00:00:00", "limit", 0)]
    public async Task Who_gets_no_place_in_time_is_reset(string timeout, string reason, double seconds)
    {
        using var upstream = new NamedUpstream('a');
        var configuration = new DaemonConfiguration();
        var relay = Limited(configuration, upstream, timeout);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using Socket first = await relay.ConnectAsync();
        Assert.Equal("a", await HearAsync(first, 1));

        var clock = Stopwatch.StartNew();
        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using Socket second = await relay.ConnectAsync(); // may hear of the reset already
            await HearAsync(second, 1);
        });

        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        Assert.InRange(clock.Elapsed.TotalSeconds, seconds, 20);
        await daemon.MetricAsync("edgegate_connections_closed_total", 1, ("reason", reason));
        Assert.Equal(1, upstream.Accepted);
        first.Dispose();
        await daemon.MetricAsync("edgegate_connections_active", 0);
        using Socket third = await relay.ConnectAsync();
        Assert.Equal("a", await HearAsync(third, 1));
    }

    [Fact]
    public async Task The_queue_has_an_end()
    {
        const int Capacity = 1024;
        using var upstream = new NamedUpstream('a');
        var configuration = new DaemonConfiguration();
        var relay = Limited(configuration, upstream, "00:05:00");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        var clients = new List<Socket>();
        for (int i = 0; i <= Capacity; i++)
        {
            clients.Add(await relay.ConnectAsync());
        }

        await QueueIsAsync(daemon, Capacity);
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using Socket late = await relay.ConnectAsync();
            await HearAsync(late, 1);
        });
        await daemon.MetricAsync("edgegate_connections_closed_total", 1, ("reason", "limit"));

        clients.ForEach(client => client.Dispose());
        await daemon.MetricAsync("edgegate_connections_active", 0);
        await daemon.MetricAsync("edgegate_upstream_connections", 0);
        using Socket after = await relay.ConnectAsync();
        Assert.Equal("a", await HearAsync(after, 1));
    }

    [Fact]
    public async Task A_reload_that_makes_room_serves_those_who_wait_and_keeps_the_counts()
    {
        using var upstream = new NamedUpstream('a');
        var configuration = new DaemonConfiguration();
        var relay = Limited(configuration, upstream, "00:01:00");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using Socket first = await relay.ConnectAsync();
        Assert.Equal("a", await HearAsync(first, 1));
        using Socket second = await relay.ConnectAsync();
        await QueueIsAsync(daemon, 1);
        using Socket third = await relay.ConnectAsync();
        await QueueIsAsync(daemon, 2);

        configuration.Extend("one", """
            { "Metadata": { "EdgeGate.MaxConnectionsPerDestination": "2", "EdgeGate.QueueTimeout": "00:01:00" } }
            """);
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");

        Assert.Equal("a", await HearAsync(second, 1));
        await QueueIsAsync(daemon, 1);
        var destination = await daemon.DestinationAsync("one", "d0");
        Assert.Equal(2, (int)destination["active"]!);
        Assert.Equal(2, (int)destination["maximum"]!);
        first.Dispose();
        Assert.Equal("a", await HearAsync(third, 1));
    }

    [Fact]
    public async Task A_full_destination_never_has_more_than_its_maximum_under_load()
    {
        using var one = new NamedUpstream('a');
        using var other = new NamedUpstream('b');
        var configuration = new DaemonConfiguration();
        configuration.Cluster("two", $"tcp://{one.EndPoint}", $"tcp://{other.EndPoint}");
        configuration.Extend("two", """
            { "Metadata": { "EdgeGate.MaxConnectionsPerDestination": "3", "EdgeGate.QueueTimeout": "00:01:00" } }
            """);
        var relay = configuration.Listen("two", "tcp", "two");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        Task load = Task.WhenAll(Enumerable.Range(0, 24).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 25; i++)
            {
                using Socket client = await relay.ConnectAsync();
                Assert.NotEmpty(await HearAsync(client, 1));
            }
        })));
        int most = 0;
        int longest = 0;
        while (!load.IsCompleted)
        {
            var cluster = await daemon.ClusterAsync("two");
            longest = Math.Max(longest, (int)cluster["queue"]!["length"]!);
            most = Math.Max(most, cluster["destinations"]!.AsArray().Max(d => (int)d!["active"]!));
            Assert.InRange(most, 0, 3);
        }

        await load;
        Report($"at most {most} at once, and {longest} in the queue");
        Assert.Equal(600, one.Accepted + other.Accepted);
        await daemon.MetricAsync("edgegate_upstream_connections", 0);
        await daemon.MetricAsync("edgegate_upstream_queue", 0);
    }

    private static IPEndPoint Limited(DaemonConfiguration configuration, NamedUpstream upstream, string timeout)
    {
        var relay = configuration.Relay("one", upstream.EndPoint);
        configuration.Extend("one", $$"""
            { "Metadata": { "EdgeGate.MaxConnectionsPerDestination": "1", "EdgeGate.QueueTimeout": "{{timeout}}" } }
            """);
        return relay;
    }

    private static Task QueueIsAsync(DaemonProcess daemon, int length) => Until.TrueAsync(
        async () => (int)(await daemon.ClusterAsync("one"))["queue"]!["length"]! == length, what: $"a queue of {length}");

    private static async Task<string> HearAsync(Socket client, int length)
    {
        byte[] heard = new byte[length];
        await client.ReceiveExactlyAsync(heard).WaitAsync(TimeSpan.FromSeconds(30));
        return System.Text.Encoding.ASCII.GetString(heard);
    }
}
