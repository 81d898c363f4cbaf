using System.Net.Sockets;
using System.Runtime.Versioning;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using UdpClient = EdgeGate.FunctionalTests.Layer4.UdpClient;

namespace EdgeGate.FunctionalTests.Takeover;

/// <summary>A daemon that takes over from another one, and what clients and the service manager notice of it.</summary>
public sealed class TakeoverTests : DaemonTests, IDisposable
{
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly TemporaryFolder _folder = new();
    private readonly DaemonConfiguration _configuration = new();

    public TakeoverTests() => _configuration.WithTakeover(Path.Combine(_folder.Path, "takeover.sock"));

    [Fact]
    public async Task The_new_process_serves_all_addresses_and_the_old_one_those_who_were_there()
    {
        using var upstream = RawUpstream.Answering("web", Token);
        var web = _configuration.Proxy("web", upstream.Address);
        var relay = _configuration.Relay("relay", _echo.EndPoint);
        var door = new UnixDomainSocketEndPoint(Path.Combine(_folder.Path, "door.sock"));
        _configuration.Bind("door", $"unix:{door}", "tcp", "relay");
        await using var old = await DaemonProcess.StartAsync(_configuration);
        using var open = await relay.ConnectAsync();
        await open.EchoByteAsync();
        using var client = new HttpClient();
        Assert.Equal("web", await client.GetStringAsync(web, Token));

        await using var fresh = DaemonProcess.TakeOver(_configuration);
        await fresh.SaysAsync("Serving: ");

        await old.SaysAsync($"Process {fresh.Id} has taken over");
        await open.EchoByteAsync();
        Assert.Equal("web", await client.GetStringAsync(web, Token));
        using (var late = await relay.ConnectAsync())
        {
            await late.EchoByteAsync();
            await door.EchoByteAsync();
            await fresh.MetricAsync("edgegate_connections_accepted_total", 1, ("listener", "relay"));
        }

        open.Dispose();
        Assert.Equal(0, await old.ExitAsync());
        await door.EchoByteAsync(); // its file is still there
        Assert.True(await fresh.IsReadyAsync());
        await fresh.SignalAsync("TERM");
        Assert.Equal(0, await fresh.ExitAsync());
        Assert.False(File.Exists(door.ToString()), "the last process leaves the socket's file behind");
    }

    [Fact]
    public async Task Udp_flows_stay_with_the_old_process_and_new_ones_go_to_the_new()
    {
        await using var upstream = UdpUpstream.Echo();
        var relay = _configuration.RelayDatagrams("relay", upstream.EndPoint);
        _configuration.With("Defaults", """{ "DrainTimeout": "00:00:30" }""");
        await using var old = await DaemonProcess.StartAsync(_configuration);
        UdpClient[] before = [.. Enumerable.Range(0, 8).Select(_ => new UdpClient(relay))];
        foreach (UdpClient client in before)
        {
            Assert.Equal([1], await client.AskAsync(1));
        }

        await using var fresh = DaemonProcess.TakeOver(_configuration);
        await fresh.SaysAsync("Serving: ");

        for (byte i = 2; i < 12; i++)
        {
            foreach (UdpClient client in before)
            {
                Assert.Equal([i], await client.AskAsync(i));
            }
        }

        await fresh.MetricAsync("edgegate_connections_accepted_total", 0, ("listener", "relay"));
        for (byte i = 0; i < 8; i++)
        {
            using var client = new UdpClient(relay);
            Assert.Equal([i], await client.AskAsync(i));
        }

        await fresh.MetricAsync("edgegate_connections_accepted_total", 8, ("listener", "relay"));
        Array.ForEach(before, client => client.Dispose());
    }

    [Fact]
    public async Task What_the_new_configuration_adds_is_bound_and_what_it_drops_is_closed()
    {
        var stays = _configuration.Relay("stays", _echo.EndPoint);
        var goes = _configuration.Listen("goes", "tcp", "stays");
        string path = Path.Combine(_folder.Path, "goes.sock");
        _configuration.Bind("file", $"unix:{path}", "tcp", "stays");
        await using var old = await DaemonProcess.StartAsync(_configuration);

        _configuration.RemoveListener("goes");
        _configuration.RemoveListener("file");
        var comes = _configuration.Listen("comes", "tcp", "stays");
        await using var fresh = DaemonProcess.TakeOver(_configuration);
        await fresh.SaysAsync("Serving: ");
        Assert.Equal(0, await old.ExitAsync());

        foreach (var endPoint in new[] { stays, comes })
        {
            using var client = await endPoint.ConnectAsync();
            await client.EchoByteAsync();
        }

        var refused = await Assert.ThrowsAsync<SocketException>(() => goes.ConnectAsync());
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task One_that_fails_before_it_is_ready_leaves_the_old_one_serving_and_another_may_try()
    {
        await using var taken = TcpUpstream.Echo();
        var relay = _configuration.Relay("relay", _echo.EndPoint);
        await using var old = await DaemonProcess.StartAsync(_configuration);
        using var open = await relay.ConnectAsync();
        await open.EchoByteAsync();

        _configuration.Listen("second", "tcp", "relay", at: taken.EndPoint);
        await using (var failing = DaemonProcess.TakeOver(_configuration))
        {
            Assert.Equal(1, await failing.ExitAsync());
            await failing.SaysAsync("Not started: listener second: cannot bind");
        }

        await old.SaysAsync("went away before it was ready");
        Assert.True(await old.IsReadyAsync());
        await open.EchoByteAsync();
        using (var client = await relay.ConnectAsync())
        {
            await client.EchoByteAsync();
        }

        _configuration.RemoveListener("second");
        await using var fresh = DaemonProcess.TakeOver(_configuration);
        await old.SaysAsync($"Process {fresh.Id} has taken over");
        await open.EchoByteAsync();
    }

    [Fact]
    public async Task Without_a_daemon_that_hands_over_it_is_an_error()
    {
        _configuration.Relay("relay", _echo.EndPoint);
        await using var alone = DaemonProcess.TakeOver(_configuration);

        Assert.Equal(1, await alone.ExitAsync());

        await alone.SaysAsync($"no running EdgeGate hands its sockets over at {_folder.Path}/takeover.sock");
        await alone.SaysAsync("start without --takeover");
    }

    [Fact]
    public async Task The_service_manager_is_told_who_is_the_main_process()
    {
        using var manager = new NotifySocket();
        var environment = new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = manager.Path, ["RUNTIME_DIRECTORY"] = _folder.Path };
        _configuration.WithTakeover("auto");
        _configuration.Relay("relay", _echo.EndPoint);
        await using var old = await DaemonProcess.StartAsync(_configuration, environment: environment);

        environment["WATCHDOG_USEC"] = "1000000";
        environment["WATCHDOG_PID"] = $"{old.Id}";
        await using var fresh = DaemonProcess.TakeOver(_configuration, environment);
        await fresh.SaysAsync("Serving: ");
        Assert.Equal(0, await old.ExitAsync());
        await Until.TrueAsync(() => manager.Feedings > 1, what: "the watchdog to be fed by the new process");

        string[] told = [.. manager.Messages.Select(message => message.Split('\n')[0])
            .Where(line => line.StartsWith("READY", StringComparison.Ordinal) || line.StartsWith("MAINPID", StringComparison.Ordinal))];
        Assert.Equal(["READY=1", $"MAINPID={fresh.Id}", "READY=1"], told);
        await fresh.SignalAsync("TERM");
        Assert.Equal(0, await fresh.ExitAsync());
        Assert.Equal(["READY", "READY", "STOPPING"], manager.States);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_stranger_is_refused()
    {
        string setpriv = await Tool.RequireAsync("setpriv", Token);
        string perl = await Tool.RequireAsync("perl", Token);
        if (Environment.UserName != "root")
        {
            Assert.Skip("only root can speak as somebody else");
        }

        _configuration.Relay("relay", _echo.EndPoint);
        await using var old = await DaemonProcess.StartAsync(_configuration);
        string path = Path.Combine(_folder.Path, "takeover.sock");
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110); // so that the kernel lets it in, and the daemon must not

        var asked = await Tool.RunAsync(
            setpriv,
            [
                "--reuid=65534", "--regid=65534", "--clear-groups", perl, "-MIO::Socket::UNIX", "-e",
                $"print IO::Socket::UNIX->new(Peer => '{path}')->getline",
            ],
            Token);

        Assert.Contains("refused", asked.Output, StringComparison.Ordinal);
        await old.SaysAsync("is neither of this user nor of root");
    }

    public new void Dispose()
    {
        _ = _echo.DisposeAsync().AsTask();
        _folder.Dispose();
        base.Dispose();
    }
}
