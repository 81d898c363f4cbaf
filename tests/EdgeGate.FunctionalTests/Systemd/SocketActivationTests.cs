using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using UdpClient = EdgeGate.FunctionalTests.Layer4.UdpClient;

namespace EdgeGate.FunctionalTests.Systemd;

/// <summary>Listeners on sockets that a service manager opened.</summary>
public sealed class SocketActivationTests : DaemonTests, IDisposable
{
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly TemporaryFolder _folder = new();
    private readonly DaemonConfiguration _configuration = new();

    [Fact]
    public async Task Systemd_starts_the_daemon_on_the_first_connection_and_hands_its_sockets_over_by_name()
    {
        string activate = await Tool.RequireAsync("systemd-socket-activate", Token);
        using var upstream = RawUpstream.Answering("web", Token);
        string door = Path.Combine(_folder.Path, "door.sock");
        int web = Ports.Free();
        int relay = Ports.Free();
        _configuration.Cluster("app", upstream.Address.ToString());
        _configuration.Route("all", "{**path}", "app");
        _configuration.Cluster("echo", $"tcp://{_echo.EndPoint}");
        _configuration.Bind("web", "systemd:web", "http");
        _configuration.Bind("door", "systemd:door", "tcp", "echo");
        _configuration.Bind("relay", "systemd:relay", "tcp", "echo");
        await using var daemon = DaemonProcess.LaunchThrough(
            [activate, "-l", $"127.0.0.1:{web}", "-l", door, "-l", $"127.0.0.1:{relay}", "--fdname=web:door:relay"],
            _configuration);
        await daemon.SaysAsync("Listening on");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{web}") };

        Assert.Equal("web", await client.GetStringAsync("/", Token)); // waited in the queue until it was served
        await daemon.ReadyAsync();
        await new UnixDomainSocketEndPoint(door).EchoByteAsync();
        using var open = await Loopback(relay).ConnectAsync();
        await open.EchoByteAsync();

        _configuration.Bind("web", "systemd:web", "http", more: """{ "IdleTimeout": "00:00:33" }""");
        _configuration.RemoveListener("relay");
        await ReloadAsync(daemon, 1);
        using (var waits = await Loopback(relay).ConnectAsync()) // in the queue of a socket that nobody serves
        {
            _configuration.Bind("relay", "systemd:relay", "tcp", "echo");
            await ReloadAsync(daemon, 2);
            await waits.EchoByteAsync();
        }

        await open.EchoByteAsync();
        Assert.Equal("web", await client.GetStringAsync("/", Token));
        open.Dispose();
        await daemon.SignalAsync("TERM");
        Assert.Equal(0, await daemon.ExitAsync());
        Assert.True(File.Exists(door), "the file of a socket that systemd bound is gone");
        Assert.DoesNotContain("is closed", daemon.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_hands_a_udp_socket_over()
    {
        string activate = await Tool.RequireAsync("systemd-socket-activate", Token);
        await using var upstream = UdpUpstream.Echo();
        int port = Ports.Free();
        _configuration.Cluster("echo", $"udp://{upstream.EndPoint}");
        _configuration.Bind("dns", "systemd:dns", "udp", "echo");
        await using var daemon = DaemonProcess.LaunchThrough(
            [activate, "-d", "-l", $"127.0.0.1:{port}", "--fdname=dns"], _configuration);
        await daemon.SaysAsync("Listening on");

        using var client = new UdpClient(Loopback(port));

        Assert.Equal([1, 2, 3], await client.AskAsync(1, 2, 3)); // waited in the socket's buffer until it was served
    }

    [Fact]
    public async Task A_name_has_several_sockets_of_several_kinds_and_each_listener_takes_those_that_suit_it()
    {
        await using var datagrams = UdpUpstream.Echo();
        int[] ports = [Ports.Free(), Ports.Free(), Ports.Free(), Ports.Free()];
        string path = Path.Combine(_folder.Path, "edge.sock");
        _configuration.Cluster("echo", $"tcp://{_echo.EndPoint}");
        _configuration.Cluster("datagrams", $"udp://{datagrams.EndPoint}");
        _configuration.Bind("streams", "systemd:edge", "tcp", "echo");
        _configuration.Bind("datagrams", "systemd:edge", "udp", "datagrams");
        await using var daemon = DaemonProcess.LaunchThrough(
            await PassedSockets.StarterAsync(
                [
                    $"edge=stream=127.0.0.1:{ports[0]}", $"edge=dgram=127.0.0.1:{ports[0]}",
                    $"edge=stream=127.0.0.1:{ports[1]}", $"edge=stream={path}", $"other=stream=127.0.0.1:{ports[2]}",
                    $"edge=shared=127.0.0.1:{ports[3]}", $"edge=shared=127.0.0.1:{ports[3]}",
                ],
                Token),
            _configuration);
        await daemon.ReadyAsync();

        foreach (int port in ports[..2])
        {
            using var client = await Loopback(port).ConnectAsync();
            await client.EchoByteAsync();
        }

        await new UnixDomainSocketEndPoint(path).EchoByteAsync();
        using (var client = new UdpClient(Loopback(ports[0])))
        {
            Assert.Equal([4], await client.AskAsync(4));
        }

        // Two sockets of one address: the kernel spreads the clients over them, and all are answered.
        for (int i = 0; i < 16; i++)
        {
            using var client = new UdpClient(Loopback(ports[3]));
            Assert.Equal([(byte)i], await client.AskAsync((byte)i));
        }

        await daemon.SaysAsync($"a listening TCP socket on 127.0.0.1:{ports[2]} under the name 'other'");
        await Until.TrueAsync(() => Ports.IsFree(ports[2]), what: "the socket that nobody claims to be closed");
    }

    [Theory]
    [InlineData("http", "web=dgram", "that name has a UDP socket on 127.0.0.1:{0}, and Protocol http wants a stream socket that listens")]
    [InlineData("udp", "web=stream", "that name has a listening TCP socket on 127.0.0.1:{0}, and Protocol udp wants a UDP socket")]
    [InlineData("tcp", "web=idle", "that name has a connected or unused TCP socket on 127.0.0.1:{0}, and Protocol tcp")]
    [InlineData("tcp", "wed=stream", "no socket of that name, but 'wed'. Did you mean 'wed'?")]
    public async Task A_socket_that_does_not_suit_its_listener_stops_the_start(string protocol, string socket, string said)
    {
        int port = Ports.Free();
        _configuration.Cluster("echo", $"{(protocol == "udp" ? "udp" : "tcp")}://{_echo.EndPoint}");
        _configuration.Bind("door", "systemd:web", protocol, protocol == "http" ? null : "echo");
        await using var daemon = DaemonProcess.LaunchThrough(
            await PassedSockets.StarterAsync([$"{socket}=127.0.0.1:{port}"], Token), _configuration);

        Assert.Equal(1, await daemon.ExitAsync());

        await daemon.SaysAsync("Not started: listener door: cannot bind systemd:web: ");
        await daemon.SaysAsync(said.Replace("{0}", $"{port}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_service_manager_the_missing_socket_is_told()
    {
        _configuration.Cluster("echo", $"tcp://{_echo.EndPoint}");
        _configuration.Bind("door", "systemd:web", "tcp", "echo");
        await using var daemon = DaemonProcess.Launch(_configuration);

        Assert.Equal(1, await daemon.ExitAsync());

        await daemon.SaysAsync("the service manager handed over no socket (LISTEN_FDS)");
    }

    public new void Dispose()
    {
        _ = _echo.DisposeAsync().AsTask();
        _folder.Dispose();
        base.Dispose();
    }

    private static IPEndPoint Loopback(int port) => new(IPAddress.Loopback, port);

    private async Task ReloadAsync(DaemonProcess daemon, int times)
    {
        await daemon.WriteConfigurationAsync(_configuration.ToString());
        await daemon.SignalAsync("HUP");
        await Until.TrueAsync(() => daemon.Output.Split(" reloaded").Length > times, what: "the reload");
    }
}
