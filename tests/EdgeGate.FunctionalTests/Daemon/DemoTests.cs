using System.Net;
using System.Net.WebSockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>What the newcomer does first.</summary>
public sealed class DemoTests : DaemonTests
{
    [Fact]
    public async Task The_demo_serves_what_it_prints()
    {
        SkipUnlessItsPortsAreFree();

        await using var daemon = DaemonProcess.Launch("demo");
        await daemon.SaysAsync("Ctrl+C");
        await Until.TrueAsync(daemon.IsReadyAsync);
        using var client = new HttpClient();
        foreach (string line in daemon.Output.Split('\n').Where(line => line.Contains("  curl ", StringComparison.Ordinal)))
        {
            string address = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .First(word => word.StartsWith("http", StringComparison.Ordinal));
            using var answer = await client.GetAsync(address, Token);
            Assert.True(answer.IsSuccessStatusCode, $"{address}: {answer.StatusCode}");
        }

        Assert.Contains("ws://127.0.0.1:8080/ws", daemon.Output, StringComparison.Ordinal);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri("ws://127.0.0.1:8080/ws"), Token);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Token);
        byte[] echoed = new byte[5];
        await socket.ReceiveAsync(echoed, Token);
        Assert.Equal("hello"u8.ToArray(), echoed);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);

        Assert.Contains("nc 127.0.0.1 7000", daemon.Output, StringComparison.Ordinal);
        using (var relay = await new IPEndPoint(IPAddress.Loopback, 7000).ConnectAsync())
        {
            await relay.SendAllAsync("hello"u8.ToArray());
            await relay.ReceiveExactlyAsync(echoed);
        }

        Assert.Contains("nc -u 127.0.0.1 7001", daemon.Output, StringComparison.Ordinal);
        using (var datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, 7001)))
        {
            Assert.Equal([1, 2, 3], await datagrams.AskAsync(1, 2, 3));
        }

        await daemon.SignalAsync(InterruptIsIgnored() ? "TERM" : "INT");
        Assert.Equal(0, await daemon.ExitAsync());
    }

    [Fact]
    public async Task A_real_Prometheus_scrapes_it_under_load()
    {
        string promtool = await Tool.RequireAsync("promtool", Token);
        SkipUnlessItsPortsAreFree();
        await using var daemon = DaemonProcess.Launch("demo");
        await daemon.SaysAsync("Ctrl+C");
        await Until.TrueAsync(daemon.IsReadyAsync);
        await using var prometheus = await PrometheusServer.StartAsync(adminPort: 9901, Token);
        using var load = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task[] clients = [.. Enumerable.Range(0, 4).Select(_ => KeepAskingAsync(load.Token))];

        await prometheus.IsAboveAsync("sum(rate(edgegate_connections_accepted_total{protocol=\"tcp\"}[10s]))", 1);
        await prometheus.IsAboveAsync("sum(rate(edgegate_connections_accepted_total{protocol=\"udp\"}[10s]))", 1);
        await prometheus.IsAboveAsync("sum(rate(http_server_request_duration_seconds_count[10s]))", 1);
        await prometheus.IsAboveAsync("sum(rate(kestrel_connection_duration_seconds_count[10s]))", 1);
        await prometheus.IsAboveAsync("sum(rate(edgegate_upstream_requests_total[10s]))", 1);
        await prometheus.IsAboveAsync("max(edgegate_top_connection_age_seconds)", 0);

        using var folder = new TemporaryFolder();
        using var admin = new HttpClient();
        string scraped = folder.Write("metrics", await admin.GetStringAsync("http://127.0.0.1:9901/metrics", Token));
        var lint = await Tool.RunAsync("sh", ["-c", $"{promtool} check metrics < {scraped}"], Token);
        await load.CancelAsync();
        await Task.WhenAll(clients);
        lint.AssertSuccess();
    }

    /// <summary>Asks by each protocol, a new connection each time, one that stays beside them.</summary>
    private static async Task KeepAskingAsync(CancellationToken done)
    {
        using var stays = await new IPEndPoint(IPAddress.Loopback, 7000).ConnectAsync();
        byte[] one = [1];
        while (!done.IsCancellationRequested)
        {
            using var client = new HttpClient();
            using var answer = await client.GetAsync("http://127.0.0.1:8080/", CancellationToken.None);
            Assert.True(answer.IsSuccessStatusCode);
            using var relay = await new IPEndPoint(IPAddress.Loopback, 7000).ConnectAsync();
            await relay.SendAllAsync(one);
            await relay.ReceiveExactlyAsync(one);
            using var datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, 7001));
            Assert.Equal([1], await datagrams.AskAsync(1));
            await Task.Delay(5, CancellationToken.None); // a load, and not a flood
        }
    }

    private static void SkipUnlessItsPortsAreFree()
    {
        // Its ports are fixed, because they stand in the documentation.
        foreach (int port in new[] { 8080, 7000, 9901 })
        {
            Assert.SkipUnless(Ports.IsFree(port), $"port {port}, which the demo wants, is taken");
        }

        Assert.SkipUnless(Ports.IsFree(7001, System.Net.Sockets.SocketType.Dgram), "port 7001, which the demo wants, is taken");
    }

    // A shell without job control has what it starts in the background ignore SIGINT, and children inherit that: bash(1).
    private static bool InterruptIsIgnored()
    {
        const int Interrupt = 2;
        string ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) & (1UL << (Interrupt - 1))) != 0;
    }
}
