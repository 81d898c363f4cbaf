using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Signals, and what the clients notice of them.</summary>
public sealed class LifeCycleTests : DaemonTests
{
    [Fact]
    public async Task A_drain_lets_what_is_open_finish()
    {
        var asked = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        using var upstream = new RawUpstream(
            async connection =>
            {
                await connection.ReadHeadAsync();
                asked.SetResult();
                await release.Task;
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
                await connection.ReadToEndAsync();
            },
            Token);
        await using var echo = TcpUpstream.Echo();
        using var manager = new NotifySocket();
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", upstream.Address);
        var relay = configuration.Relay("relay", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(
            configuration, environment: new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = manager.Path });
        using var client = new HttpClient();
        var response = client.GetStringAsync(web, Token);
        using var open = await relay.ConnectAsync();
        await EchoAsync(open);
        await asked.Task.WaitAsync(Token);

        await daemon.SignalAsync("TERM");

        await Until.TrueAsync(async () => await StatusAsync(daemon, "/readyz") == 503, what: "not ready");
        Assert.Equal(200, await StatusAsync(daemon, "/healthz"));
        await Until.TrueAsync(() => IsRefusedAsync(relay), what: "the relay's listener to be closed");
        await Until.TrueAsync(() => IsRefusedAsync(new IPEndPoint(IPAddress.Loopback, web.Port)), what: "the other, too");
        await EchoAsync(open);
        Assert.False(daemon.HasExited);
        release.SetResult();
        Assert.Equal("late", await response);
        await EchoAsync(open);
        open.Shutdown(SocketShutdown.Send);
        Assert.Empty(await open.ReceiveToEndAsync());
        Assert.Equal(0, await daemon.ExitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(["READY", "STOPPING"], manager.States);
    }

    [Fact]
    public async Task The_drains_deadline_resets_what_is_still_open()
    {
        using var upstream = new RawUpstream(connection => connection.ReadToEndAsync(), Token);
        await using var echo = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Defaults", """{ "DrainTimeout": "00:00:01" }""");
        var web = configuration.Proxy("web", upstream.Address);
        var relay = configuration.Relay("relay", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var open = await relay.ConnectAsync();
        await EchoAsync(open);
        using var client = new HttpClient();
        var response = client.GetStringAsync(web, Token);
        await Until.TrueAsync(() => upstream.Accepted == 1);

        await daemon.SignalAsync("TERM");

        var error = await Assert.ThrowsAsync<SocketException>(() => open.ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => response.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(0, await daemon.ExitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task An_idle_daemon_stops_at_once()
    {
        await using var echo = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        configuration.Relay("relay", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        await daemon.SignalAsync("TERM");

        Assert.Equal(0, await daemon.ExitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_reload_changes_routes_and_destinations_and_drops_nothing()
    {
        using var first = Answering("first");
        using var second = Answering("second");
        await using var echo = TcpUpstream.Echo();
        await using var other = new TcpUpstream(socket => socket.SendAllAsync("other"u8.ToArray()));
        using var manager = new NotifySocket();
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", first.Address);
        var relay = configuration.Relay("relay", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(
            configuration, environment: new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = manager.Path });
        using var client = new HttpClient();
        using var open = await relay.ConnectAsync();
        await EchoAsync(open);
        Assert.Equal("first", await client.GetStringAsync(web, Token));

        configuration.Cluster("more", second.Address.ToString());
        configuration.Route("web", "{**path}", "more");
        configuration.Cluster("relay", $"tcp://{other.EndPoint}");
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");

        await Until.TrueAsync(async () => await client.GetStringAsync(web, Token) == "second", what: "the new route");
        await EchoAsync(open);
        using var late = await relay.ConnectAsync();
        Assert.Equal("other"u8.ToArray(), await late.ReceiveToEndAsync());
        await Until.TrueAsync(() => manager.States.Length == 3, what: "the service manager to be told");
        Assert.Equal(["READY", "RELOADING", "READY"], manager.States);
        Assert.Contains(manager.Messages, message =>
            message.Contains("RELOADING=1", StringComparison.Ordinal)
            && message.Contains("MONOTONIC_USEC=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ \"EdgeGate\": { \"Listeners\" {} } }", "edgegate.json")]
    [InlineData("{ \"EdgeGate\": { \"Limmits\": {} } }", "EdgeGate:Limmits")]
    public async Task A_bad_reload_is_refused_and_the_old_one_serves_on(string bad, string said)
    {
        using var first = Answering("first");
        using var second = Answering("second");
        await using var echo = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", first.Address);
        var relay = configuration.Relay("relay", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new HttpClient();
        using var open = await relay.ConnectAsync();
        await EchoAsync(open);

        await daemon.WriteConfigurationAsync(bad);
        await daemon.SignalAsync("HUP");
        await daemon.SaysAsync(said);

        Assert.Equal(200, await StatusAsync(daemon, "/readyz"));
        Assert.Equal("first", await client.GetStringAsync(web, Token));
        await EchoAsync(open);
        using (var fresh = await relay.ConnectAsync())
        {
            await EchoAsync(fresh);
        }

        configuration.Cluster("web", second.Address.ToString());
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await Until.TrueAsync(async () => await client.GetStringAsync(web, Token) == "second", what: "the mended one");
        await EchoAsync(open);
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

    private static async Task<int> StatusAsync(DaemonProcess daemon, string path)
    {
        using var answer = await daemon.Admin.GetAsync(path);
        return (int)answer.StatusCode;
    }

    private static async Task<bool> IsRefusedAsync(IPEndPoint endPoint)
    {
        try
        {
            using var socket = await endPoint.ConnectAsync();
            return false;
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused)
        {
            return true;
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        byte[] one = [7];
        await socket.SendAllAsync(one);
        await socket.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(5));
    }
}
