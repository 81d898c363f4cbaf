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
        // Its ports are fixed, because they stand in the documentation.
        foreach (int port in new[] { 8080, 7000, 9901 })
        {
            Assert.SkipUnless(Ports.IsFree(port), $"port {port}, which the demo wants, is taken");
        }

        Assert.SkipUnless(Ports.IsFree(7001, System.Net.Sockets.SocketType.Dgram), "port 7001, which the demo wants, is taken");

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

    // A shell without job control has what it starts in the background ignore SIGINT, and children inherit that: bash(1).
    private static bool InterruptIsIgnored()
    {
        const int Interrupt = 2;
        string ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) & (1UL << (Interrupt - 1))) != 0;
    }
}
