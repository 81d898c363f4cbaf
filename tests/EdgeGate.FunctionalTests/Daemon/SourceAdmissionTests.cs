using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using UdpClient = EdgeGate.FunctionalTests.Layer4.UdpClient;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Connections that are let in, or not, by where they come from: addresses of loopback stand for clients.</summary>
public sealed class SourceAdmissionTests : DaemonTests
{
    private const string Rejected = "edgegate_connections_rejected_total";
    private static readonly IPAddress One = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.3");

    [Fact]
    public async Task One_source_has_its_limit_which_a_reload_changes()
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("echo", upstream.EndPoint, """{ "MaxConnectionsPerSource": 2 }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using Socket first = await relay.ConnectAsync(One);
        using Socket second = await relay.ConnectAsync(One);
        await EchoAsync(first);
        await EchoAsync(second);

        await AssertResetAsync(relay, One);
        using Socket other = await relay.ConnectAsync(Other);
        await EchoAsync(other);
        await daemon.MetricAsync(Rejected, 1, ("listener", "echo"), ("reason", "source"));

        first.Dispose();
        await daemon.MetricAsync("edgegate_connections_active", 2, ("listener", "echo"));
        using Socket third = await relay.ConnectAsync(One);
        await EchoAsync(third);

        configuration.Listen("echo", "tcp", "echo", """{ "MaxConnectionsPerSource": 3 }""", relay);
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await daemon.SaysAsync("reloaded");
        using Socket fourth = await relay.ConnectAsync(One);
        await EchoAsync(fourth);
        await AssertResetAsync(relay, One);
    }

    [Fact]
    public async Task A_flood_from_one_source_is_held_at_its_rate_and_another_is_served()
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("echo", upstream.EndPoint, """{ "ConnectionRatePerSource": 1 }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        // One connection a second is allowed, some hundreds come.
        int served = 0;
        for (int i = 0; i < 300; i++)
        {
            served += await IsServedAsync(relay, One) ? 1 : 0;
        }

        using Socket other = await relay.ConnectAsync(Other);
        await EchoAsync(other);
        Assert.InRange(served, 1, 150);
        await daemon.MetricAsync(Rejected, 300 - served, ("listener", "echo"), ("reason", "rate"));
    }

    [Fact]
    public async Task A_flood_at_a_hundred_times_its_rate_leaves_others_their_latency()
    {
        const int Rate = 5;
        const int Others = 30;
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("echo", upstream.EndPoint, $$"""{ "ConnectionRatePerSource": {{Rate}} }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        await LatenciesAsync(relay, network: 100, Others); // the first ones find a cold daemon
        double calm = await LatenciesAsync(relay, network: 101, Others);

        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var clock = Stopwatch.StartNew();
        Task<(int Tried, int Served)> flood = FloodAsync(relay, over.Token);
        await Until.TrueAsync(() => clock.Elapsed > TimeSpan.FromSeconds(1), what: "the flood to run");
        double flooded = await LatenciesAsync(relay, network: 102, Others);
        await Until.TrueAsync(() => clock.Elapsed > TimeSpan.FromSeconds(3), what: "the flood to last");
        await over.CancelAsync();
        var (tried, served) = await flood;
        double rate = tried / clock.Elapsed.TotalSeconds;
        Report($"flood of {rate:F0} connections a second, {served} of {tried} served; others wait {calm:F2} ms, flooded {flooded:F2} ms");
        Assert.InRange(rate, 100 * Rate, double.MaxValue);
        Assert.InRange(served, 1, Rate * (2 + (int)clock.Elapsed.TotalSeconds));
        Assert.InRange(flooded, 0, (10 * calm) + 20);
    }

    /// <summary>Connections from as many sources, one each and one after the other, all of which are served.</summary>
    /// <returns>The median of the time from connect to echo, in milliseconds.</returns>
    private static async Task<double> LatenciesAsync(IPEndPoint relay, byte network, int sources)
    {
        var times = new List<double>();
        for (byte i = 1; i <= sources; i++)
        {
            var clock = Stopwatch.StartNew();
            Assert.True(await IsServedAsync(relay, new IPAddress([127, 0, network, i])));
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private static async Task<(int Tried, int Served)> FloodAsync(IPEndPoint relay, CancellationToken over)
    {
        int tried = 0;
        int served = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await Task.Yield();
            while (!over.IsCancellationRequested)
            {
                Interlocked.Increment(ref tried);
                if (await IsServedAsync(relay, One))
                {
                    Interlocked.Increment(ref served);
                }
            }
        }));
        return (tried, served);
    }

    [Fact]
    public async Task Networks_are_allowed_and_denied_over_http_and_udp()
    {
        await using var nginx = await NginxUpstream.StartAsync(Token);
        await using var echo = UdpUpstream.Echo();
        const string Rules = """{ "Allow": ["127.0.0.0/29"], "Deny": ["127.0.0.3/32"] }""";
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", nginx.Address, Rules);
        var datagrams = configuration.RelayDatagrams("datagrams", echo.EndPoint, Rules);
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        var http = IPEndPoint.Parse(web.Authority);
        Assert.StartsWith("HTTP/1.1 200", await GetAsync(http, One), StringComparison.Ordinal);
        await AssertResetAsync(http, Other);
        await AssertResetAsync(http, IPAddress.Parse("127.0.0.8"));
        await daemon.MetricAsync(Rejected, 2, ("listener", "web"), ("reason", "denied"));

        using var allowed = new UdpClient(datagrams, One);
        using var denied = new UdpClient(datagrams, Other);
        await denied.SendAsync([1]);
        Assert.Equal([2], await allowed.AskAsync(2));
        await daemon.MetricAsync(Rejected, 1, ("listener", "datagrams"), ("reason", "denied"));
        Assert.True(denied.IsSilent);
    }

    [Fact]
    public async Task An_http_source_at_its_limit_is_told_to_come_back()
    {
        await using var nginx = await NginxUpstream.StartAsync(Token);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", nginx.Address, """{ "MaxConnectionsPerSource": 1 }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        var http = IPEndPoint.Parse(web.Authority);
        using Socket first = await http.ConnectAsync(One);
        await daemon.MetricAsync("edgegate_connections_active", 1, ("listener", "web"));

        string refusal = await GetAsync(http, One);

        Assert.StartsWith("HTTP/1.1 503", refusal, StringComparison.Ordinal);
        Assert.Contains("Retry-After", refusal, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("HTTP/1.1 200", await GetAsync(http, Other), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public async Task Behind_a_proxy_it_is_the_client_that_counts(string protocol)
    {
        await using var nginx = await NginxUpstream.StartAsync(Token);
        const string Rules =
            """{ "ProxyProtocol": "Required", "MaxConnectionsPerSource": 1, "Deny": ["203.0.113.0/24"] }""";
        var configuration = new DaemonConfiguration();
        configuration.Cluster("relay", $"tcp://{nginx.Address.Authority}");
        var edge = protocol == "tcp"
            ? configuration.Listen("edge", "tcp", "relay", Rules)
            : IPEndPoint.Parse(configuration.Proxy("edge", nginx.Address, Rules).Authority);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using Socket proxied = await edge.ConnectAsync();
        await proxied.SendAllAsync("PROXY TCP4 198.51.100.1 192.0.2.1 1000 80\r\n"u8.ToArray());
        await Until.TrueAsync(async () => (await daemon.ConnectionsAsync()).ToString()
            .Contains("198.51.100.1", StringComparison.Ordinal));

        // All from the same proxy: a client of its own, the first one again, one that is denied.
        Assert.StartsWith("HTTP/1.1 200", await GetAsync(edge, IPAddress.Loopback, "198.51.100.2"), StringComparison.Ordinal);
        await AssertResetAsync(edge, IPAddress.Loopback, "198.51.100.1");
        await AssertResetAsync(edge, IPAddress.Loopback, "203.0.113.9");
        await daemon.MetricAsync(Rejected, 1, ("listener", "edge"), ("reason", "source"));
        await daemon.MetricAsync(Rejected, 1, ("listener", "edge"), ("reason", "denied"));
    }

    private static async Task<string> GetAsync(IPEndPoint listener, IPAddress from, string? client = null)
    {
        using Socket socket = await listener.ConnectAsync(from);
        string header = client is null ? "" : $"PROXY TCP4 {client} 192.0.2.1 1000 80\r\n";
        await socket.SendAllAsync(Encoding.ASCII.GetBytes(
            $"{header}GET /hello HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n"));
        return Encoding.ASCII.GetString(await socket.ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private static async Task AssertResetAsync(IPEndPoint listener, IPAddress from, string? client = null)
    {
        var error = await Assert.ThrowsAsync<SocketException>(() => GetAsync(listener, from, client));
        Assert.True(
            error.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown, $"{error.SocketErrorCode}");
    }

    private static async Task<bool> IsServedAsync(IPEndPoint listener, IPAddress from)
    {
        try
        {
            using Socket socket = await listener.ConnectAsync(from);
            await EchoAsync(socket);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return false;
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        byte[] one = [7];
        await socket.SendAllAsync(one);
        await socket.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(20));
    }
}
