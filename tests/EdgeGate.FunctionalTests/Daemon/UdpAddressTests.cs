using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using UdpClient = EdgeGate.FunctionalTests.Layer4.UdpClient;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Which address datagrams come from and are answered from.</summary>
public sealed class UdpAddressTests : DaemonTests
{
    [Fact]
    public async Task A_datagram_that_claims_to_come_from_the_listener_is_dropped()
    {
        await using var upstream = UdpUpstream.Echo();
        int port = Ports.Free();
        await using var daemon = await StartAsync(upstream, "0.0.0.0", port);

        await ForgeAsync(new IPEndPoint(IPAddress.Parse("127.0.0.1"), port));
        await ForgeAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));

        await daemon.MetricAsync("edgegate_datagrams_dropped_total", 2, ("listener", "echo"), ("reason", "source"));
        Assert.Equal(0, upstream.Received);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
        Assert.Equal([1], await client.AskAsync(1));
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.2")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("[::]", "127.0.0.3")]
    [InlineData("[::]", "::1")]
    [InlineData("*", "127.0.0.2")]
    [InlineData("[::1]", "::1")]
    public async Task Answers_come_from_the_address_that_was_asked(string bind, string asked)
    {
        await using var upstream = UdpUpstream.Echo();
        int port = Ports.Free();
        await using var daemon = await StartAsync(upstream, bind, port);

        // The client's socket is connected: an answer from elsewhere would never reach it.
        using var client = new UdpClient(new IPEndPoint(IPAddress.Parse(asked), port));

        Assert.Equal([1, 2], await client.AskAsync(1, 2));
        Assert.Equal(client.Source, (string?)Assert.Single(await daemon.ConnectionsAsync())!["source"]);
    }

    [Fact]
    public async Task One_client_that_asks_two_addresses_has_two_flows()
    {
        await using var upstream = UdpUpstream.Echo();
        int port = Ports.Free();
        await using var daemon = await StartAsync(upstream, "0.0.0.0", port);
        using var socket = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));

        foreach (string address in new[] { "127.0.0.1", "127.0.0.2", "127.0.0.1" })
        {
            var asked = new IPEndPoint(IPAddress.Parse(address), port);
            await socket.SendAsync(new byte[] { 1 }, asked, Token);
            Assert.Equal(asked, (await socket.ReceiveAsync(Token)).RemoteEndPoint);
        }

        Assert.Equal(2, (await daemon.ConnectionsAsync()).Count);
    }

    [Fact]
    public async Task An_upstream_may_speak_the_other_version_of_ip()
    {
        await using var upstream = UdpUpstream.Echo(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        var configuration = new DaemonConfiguration();
        var relay = configuration.RelayDatagrams("echo", upstream.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new UdpClient(relay);

        Assert.Equal([9], await client.AskAsync(9));
    }

    private static Task<DaemonProcess> StartAsync(UdpUpstream upstream, string bind, int port)
    {
        var configuration = new DaemonConfiguration();
        configuration.Cluster("echo", $"udp://{upstream.EndPoint}");
        configuration.Bind("echo", $"{bind}:{port}", "udp", "echo");
        return DaemonProcess.StartAsync(configuration);
    }

    /// <summary>Sends a datagram from an address to itself, with headers of one's own: raw(7).</summary>
    private static async Task ForgeAsync(IPEndPoint address)
    {
        Socket raw;
        try
        {
            raw = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp);
        }
        catch (SocketException)
        {
            Assert.Skip("a forged source takes the right to open raw sockets");
            return;
        }

        using (raw)
        {
            raw.Bind(new IPEndPoint(address.Address, 0));
            byte[] port = [(byte)(address.Port >> 8), (byte)address.Port];
            byte[] datagram = [.. port, .. port, 0, 9, 0, 0, 1]; // source, destination, length, no checksum, a byte
            await raw.SendToAsync(datagram, new IPEndPoint(address.Address, 0));
        }
    }
}
