using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Upstreams that refuse, say nothing, or die.</summary>
public sealed class DeadUpstreamTests : DaemonTests
{
    [Fact]
    public async Task An_outage_wrote_a_warning_for_each_request()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", new Uri($"http://{nobody.LocalEndPoint}"));
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new HttpClient();
        long began = Stopwatch.GetTimestamp();

        for (int i = 0; i < 100; i++)
        {
            using var answer = await client.GetAsync(web, Token);
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }

        await daemon.SaysAsync("Connection refused");
        int seconds = (int)Stopwatch.GetElapsedTime(began).TotalSeconds;
        Assert.InRange(daemon.Output.Split('\n').Count(line => line.Contains("Connection refused", StringComparison.Ordinal)), 1, seconds + 1);
        await daemon.MetricAsync("edgegate_upstream_request_failures_total", 100, ("cluster", "web"));
    }

    [Fact]
    public async Task A_refused_connection_is_a_502_or_a_prompt_close()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound and not listening: refuses
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", new Uri($"http://{nobody.LocalEndPoint}"));
        var relay = configuration.Relay("relay", (IPEndPoint)nobody.LocalEndPoint!);
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        using var client = new HttpClient();
        using var answer = await client.GetAsync(web, Token);
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        await AssertClosedAsync(relay, TimeSpan.FromSeconds(1));

        await daemon.MetricAsync("edgegate_upstream_connect_failures_total", v => v >= 1, ("cluster", "relay"), ("destination", "d0"));
        await daemon.MetricAsync("edgegate_connections_closed_total", 1, ("listener", "relay"), ("reason", "upstream"));
    }

    [Fact]
    public async Task A_silent_upstream_is_given_up_after_the_connect_timeout()
    {
        using var silent = new Blackhole();
        const string Timeout = """{ "ConnectTimeout": "00:00:01" }""";
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", new Uri($"http://{silent.EndPoint}"), Timeout);
        var relay = configuration.Relay("relay", silent.EndPoint, Timeout);
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        var clock = Stopwatch.StartNew();
        await AssertClosedAsync(relay, TimeSpan.FromSeconds(4));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.9, 4);

        using var client = new HttpClient();
        clock.Restart();
        using var answer = await client.GetAsync(web, Token).WaitAsync(TimeSpan.FromSeconds(20), Token);
        Report($"HTTP gave up after {clock.Elapsed.TotalSeconds:F1} s with {(int)answer.StatusCode}");
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.BadGateway, HttpStatusCode.GatewayTimeout });
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.9, 5);
    }

    [Fact]
    public async Task An_upstream_killed_under_load_comes_back()
    {
        var nginx = await NginxUpstream.StartAsync(Token);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", nginx.Address);
        var relay = configuration.Relay("relay", new IPEndPoint(IPAddress.Loopback, nginx.Address.Port));
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var load = new Load();
        var clients = Enumerable.Range(0, 10)
            .Select(i => load.RunAsync(i % 2 == 0 ? web : new Uri($"http://{relay}"), over.Token)).ToArray();
        await Until.TrueAsync(() => load.Good > 200, what: "load");

        await nginx.DisposeAsync();
        long bad = load.Bad;
        await Until.TrueAsync(() => load.Bad > bad + 50, what: "errors while it is gone");
        Assert.False(daemon.HasExited, daemon.Output);

        await using var back = await NginxUpstream.StartAsync(Token, nginx.Address.Port);
        long good = load.Good;
        await Until.TrueAsync(() => load.Good > good + 200, TimeSpan.FromSeconds(5), "answers after it came back");
        bad = load.Bad;
        good = load.Good;
        await Until.TrueAsync(() => load.Good > good + 200, TimeSpan.FromSeconds(5), "more of them");
        Assert.Equal(bad, load.Bad);
        await over.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(load.Unexpected);
        await daemon.MetricAsync("edgegate_connections_active", 0);
    }

    private static async Task AssertClosedAsync(IPEndPoint relay, TimeSpan limit)
    {
        using var socket = await relay.ConnectAsync();
        try
        {
            Assert.Empty(await socket.ReceiveToEndAsync().WaitAsync(limit));
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset)
        {
        }
    }

    /// <summary>Requests one after another, counted by how they end.</summary>
    private sealed class Load
    {
        private long _good;
        private long _bad;

        public long Good => Interlocked.Read(ref _good);

        public long Bad => Interlocked.Read(ref _bad);

        public System.Collections.Concurrent.ConcurrentBag<string> Unexpected { get; } = [];

        public async Task RunAsync(Uri server, CancellationToken over)
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
            while (!over.IsCancellationRequested)
            {
                try
                {
                    using var answer = await client.GetAsync(new Uri(server, "hello"), over);
                    Count(answer.StatusCode, await answer.Content.ReadAsStringAsync(over));
                }
                catch (HttpRequestException)
                {
                    Interlocked.Increment(ref _bad);
                }
                catch (OperationCanceledException) when (over.IsCancellationRequested)
                {
                }
                catch (OperationCanceledException slow)
                {
                    Unexpected.Add(slow.Message);
                }
            }
        }

        private void Count(HttpStatusCode status, string body)
        {
            if (status is HttpStatusCode.OK && body == "hello from nginx")
            {
                Interlocked.Increment(ref _good);
            }
            else if (status is HttpStatusCode.BadGateway)
            {
                Interlocked.Increment(ref _bad);
            }
            else
            {
                Unexpected.Add($"{status} {body}");
            }
        }
    }
}
