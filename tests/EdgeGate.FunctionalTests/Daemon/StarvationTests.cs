using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Far more clients than the descriptor limit lets in.</summary>
public sealed class StarvationTests : DaemonTests
{
    private const int Clients = 1000;

    [Theory]
    [InlineData(256, "Queue")]
    [InlineData(400, "Queue")]
    [InlineData(1024, "Queue")]
    [InlineData(256, "Reject")]
    [InlineData(400, "Reject")]
    [InlineData(1024, "Reject")]
    public async Task Relays_beyond_the_descriptors_wait_or_are_reset(int descriptors, string whenFull)
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", upstream.EndPoint, $$"""{ "WhenFull": "{{whenFull}}" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration, descriptors);
        int capacity = await daemon.CapacityAsync();
        Report($"{descriptors} descriptors hold {capacity} relays, {daemon.Descriptors} open at the start");
        Assert.InRange(capacity, 1, descriptors / 2);
        var established = await Task.WhenAll(Enumerable.Range(0, Math.Max(1, capacity / 2)).Select(_ => relay.ConnectAsync()));
        await EchoAsync(established);

        using (var flood = Flood.Of(Clients, relay))
        {
            int room = capacity - established.Length;
            await Until.TrueAsync(() => flood.Served == room, what: $"{room} of the flood to be served");
            await daemon.MetricAsync("edgegate_connections_active", capacity);
            if (whenFull == "Reject")
            {
                await Until.TrueAsync(() => flood.Reset == Clients - room, TimeSpan.FromSeconds(10), "the rest to be reset");
                await daemon.MetricAsync("edgegate_connections_rejected_total", Clients - room, ("listener", "relay"));
            }

            await AssertCalmAsync(daemon, established);
            Assert.InRange(daemon.Descriptors, 0, descriptors);
            Assert.Equal(room, flood.Served);
            Assert.Equal(0, flood.Ended);
            // A new connection to the admin address: an overload is when it is needed.
            using var another = new HttpClient { BaseAddress = daemon.Admin.BaseAddress };
            Assert.Equal("ok", (await another.GetStringAsync("/healthz", Token)).Trim());
        }

        var over = Stopwatch.StartNew();
        using var late = await relay.ConnectAsync();
        await EchoAsync(late).WaitAsync(TimeSpan.FromSeconds(2));
        Report($"served {over.ElapsedMilliseconds} ms after the flood's end");
        await EchoAsync(established);
        await daemon.MetricAsync("edgegate_connections_active", established.Length + 1);
        Assert.False(daemon.HasExited, daemon.Output);
        Array.ForEach(established, socket => socket.Dispose());
    }

    [Theory]
    [InlineData("Queue")]
    [InlineData("Reject")]
    public async Task A_daemon_in_which_nothing_fits_says_so_and_stays_up(string whenFull)
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", upstream.EndPoint, $$"""{ "WhenFull": "{{whenFull}}" }""");
        configuration.Proxy("web", new Uri("http://127.0.0.1:9")); // whose upstream client the plan counts in
        await using var daemon = await DaemonProcess.StartAsync(configuration, descriptors: 256);
        Assert.Equal(0, await daemon.CapacityAsync());
        Assert.Contains("not one connection fits", daemon.Output, StringComparison.Ordinal);

        using var flood = Flood.Of(Clients, relay);
        if (whenFull == "Reject")
        {
            await Until.TrueAsync(() => flood.Reset == Clients, TimeSpan.FromSeconds(10), "all to be reset");
        }

        await AssertCalmAsync(daemon);
        Assert.Equal(0, flood.Served);
        Assert.Equal("ok", (await daemon.Admin.GetStringAsync("/healthz", Token)).Trim());
    }

    [Theory]
    [InlineData("Queue", 30)]
    [InlineData("Queue", 31)]
    [InlineData("Reject", 30)]
    public async Task Descriptors_that_the_plan_counted_on_and_that_are_gone_cost_no_calm(string whenFull, int left)
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", upstream.EndPoint, $$"""{ "WhenFull": "{{whenFull}}" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var first = await relay.ConnectAsync();
        await EchoAsync(first);
        await daemon.MetricAsync("edgegate_connections_active", 1);
        await daemon.LimitDescriptorsAsync(daemon.Descriptors + left);

        using (var flood = Flood.Of(Clients, relay))
        {
            await Until.TrueAsync(() => flood.Served > 5, what: "some of the flood to be served");
            await AssertCalmAsync(daemon, first);
            Report($"{flood.Served} served, {flood.Reset} reset, {flood.Ended} ended otherwise");
        }

        // One that is accepted with the last descriptor has none for its upstream and is reset; until the queue of the
        // flood's dead clients is worked off, that may be anyone.
        await Until.TrueAsync(() => IsServedAsync(relay), TimeSpan.FromSeconds(2), "a new one to be served");
        await EchoAsync(first);
        await daemon.MetricAsync("edgegate_connections_active", 1);
    }

    [Theory]
    [InlineData(360)]
    [InlineData(400)]
    public async Task Requests_beyond_the_descriptors_get_a_503(int descriptors)
    {
        var release = new TaskCompletionSource();
        using var upstream = new RawUpstream(
            async connection =>
            {
                while (await connection.ReadHeadAsync() is not null)
                {
                    await release.Task;
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                }
            },
            Token);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", upstream.Address, """{ "WhenFull": "Reject" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration, descriptors);
        int capacity = await daemon.CapacityAsync();
        Report($"{descriptors} descriptors hold {capacity} HTTP connections");
        var endPoint = new IPEndPoint(IPAddress.Loopback, web.Port);

        var inFlight = new List<RawConnection>();
        for (int i = 0; i < capacity; i++)
        {
            inFlight.Add(await RawConnection.ConnectAsync(endPoint, Token));
            await inFlight[^1].SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        }

        await daemon.MetricAsync("edgegate_connections_active", capacity, ("listener", "web"));
        for (int i = 0; i < 20; i++)
        {
            using var refused = await RawConnection.ConnectAsync(endPoint, Token);
            await refused.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            string answer = await refused.ReadHeadAsync().WaitAsync(TimeSpan.FromSeconds(5)) ?? "";
            Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: ", answer, StringComparison.OrdinalIgnoreCase);
        }

        await daemon.MetricAsync("edgegate_connections_rejected_total", 20, ("listener", "web"));
        release.SetResult();
        foreach (var connection in inFlight)
        {
            Assert.StartsWith("HTTP/1.1 200 ", await connection.ReadHeadAsync(), StringComparison.Ordinal);
            connection.Dispose();
        }
    }

    /// <summary>Three seconds of an established echo every 100 ms, for which the daemon may take a fifth of a core.</summary>
    private static async Task AssertCalmAsync(DaemonProcess daemon, params Socket[] established)
    {
        var clock = Stopwatch.StartNew();
        var before = daemon.ProcessorTime;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (clock.Elapsed < TimeSpan.FromSeconds(3))
        {
            await timer.WaitForNextTickAsync();
            await EchoAsync([.. established.Take(1)]).WaitAsync(TimeSpan.FromSeconds(1));
        }

        await EchoAsync(established);
        double share = (daemon.ProcessorTime - before) / clock.Elapsed;
        Report($"{share:P1} of a core while starved");
        Assert.InRange(share, 0, 0.2);
    }

    private static async Task<bool> IsServedAsync(IPEndPoint relay)
    {
        try
        {
            using var socket = await relay.ConnectAsync();
            await EchoAsync(socket);
            return true;
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return false;
        }
    }

    private static async Task EchoAsync(params Socket[] sockets)
    {
        byte[] one = [7];
        foreach (var socket in sockets)
        {
            await socket.SendAllAsync(one);
            await socket.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(5));
        }
    }
}
