using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Numbers that the operator wrote.</summary>
public sealed class MaxConnectionsTests : DaemonTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_eleventh_waits_and_is_served_when_one_leaves(bool global)
    {
        await using var upstream = TcpUpstream.Echo();
        var (configuration, relay) = Ten(upstream.EndPoint, global, "Queue");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        var ten = await FillAsync(daemon, relay);

        using var eleventh = await relay.ConnectAsync();
        await eleventh.SendAllAsync("x"u8.ToArray());
        var answer = eleventh.ReceiveExactlyAsync(new byte[1]);
        await daemon.MetricAsync("edgegate_listener_queue", 1, ("listener", "relay"));
        Assert.False(answer.IsCompleted);
        await daemon.MetricAsync("edgegate_connections_active", 10);

        ten[0].Dispose();

        await answer.WaitAsync(TimeSpan.FromSeconds(2), Token);
        await daemon.MetricAsync("edgegate_connections_active", 10);
        await daemon.MetricAsync("edgegate_connections_accepted_total", 11);
        await daemon.MetricAsync("edgegate_connections_rejected_total", 0);
        Array.ForEach(ten, socket => socket.Dispose());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_eleventh_is_reset_and_counted(bool global)
    {
        await using var upstream = TcpUpstream.Echo();
        var (configuration, relay) = Ten(upstream.EndPoint, global, "Reject");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        var ten = await FillAsync(daemon, relay);

        using var flood = Flood.Of(5, relay);
        await Until.TrueAsync(() => flood.Reset == 5, TimeSpan.FromSeconds(2), "the five beyond ten to be reset");
        await daemon.MetricAsync("edgegate_connections_rejected_total", 5, ("listener", "relay"));

        ten[0].Dispose();
        await daemon.MetricAsync("edgegate_connections_active", 9);
        using var next = await relay.ConnectAsync();
        await EchoAsync(next);
        Array.ForEach(ten, socket => socket.Dispose());
    }

    [Fact]
    public async Task A_full_listener_leaves_its_neighbour_alone()
    {
        await using var upstream = TcpUpstream.Echo();
        var (configuration, relay) = Ten(upstream.EndPoint, global: false, "Queue");
        var neighbour = configuration.Listen("neighbour", "tcp", "relay");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        var ten = await FillAsync(daemon, relay);
        using var flood = Flood.Of(20, relay);
        await daemon.MetricAsync("edgegate_listener_queue", 20, ("listener", "relay"));

        using var other = await neighbour.ConnectAsync();
        await EchoAsync(other);

        Assert.Equal(0, flood.Served);
        Array.ForEach(ten, socket => socket.Dispose());
    }

    private static (DaemonConfiguration Configuration, IPEndPoint Relay) Ten(IPEndPoint upstream, bool global, string whenFull)
    {
        var configuration = new DaemonConfiguration();
        string own = global ? "" : """, "MaxConnections": 10""";
        var relay = configuration.Relay("relay", upstream, $$"""{ "WhenFull": "{{whenFull}}"{{own}} }""");
        return (global ? configuration.With("Limits", """{ "MaxConnections": 10 }""") : configuration, relay);
    }

    private static async Task<Socket[]> FillAsync(DaemonProcess daemon, IPEndPoint relay)
    {
        var ten = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => relay.ConnectAsync()));
        await Task.WhenAll(ten.Select(EchoAsync));
        await daemon.MetricAsync("edgegate_connections_active", 10);
        return ten;
    }

    private static async Task EchoAsync(Socket socket)
    {
        byte[] one = [7];
        await socket.SendAllAsync(one);
        await socket.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(5));
    }
}
