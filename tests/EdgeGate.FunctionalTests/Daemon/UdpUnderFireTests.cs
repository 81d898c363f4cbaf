using System.Net;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using UdpClient = EdgeGate.FunctionalTests.Layer4.UdpClient;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Everything at once: clients that come and go, an upstream that comes and goes, kills and reloads.</summary>
public sealed class UdpUnderFireTests : DaemonTests
{
    private const int Clients = 4;
    private const int FlowsEach = 4000;
    private const int Reloads = 6;

    private const string Fleeting =
        """{ "FlowIdleTimeout": "00:00:01", "DrainTimeout": "00:00:01", "MaxConnections": 300, "MaxConnectionsPerSource": 250 }""";

    [Fact]
    public async Task Nothing_is_left_of_it_and_a_neighbour_notices_nothing()
    {
        var place = new IPEndPoint(IPAddress.Loopback, Ports.Free());
        await using var echo = UdpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Transport", """{ "Loops": 2 }""");
        configuration.Cluster("fire", $"udp://{place}", $"udp://127.0.0.1:{Ports.Free()}");
        var fire = configuration.Listen("fire", "udp", "fire", Fleeting);
        var calm = configuration.RelayDatagrams("calm", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var neighbour = new UdpClient(calm);
        await neighbour.AskAsync(0);
        await SayAsync(fire, new Random(0));
        await daemon.MetricAsync("edgegate_connections_closed_total", n => n >= 1, ("listener", "fire"));
        int before = daemon.Descriptors;

        using var done = new CancellationTokenSource();
        Task[] others =
        [
            Task.Run(() => ComeAndGoAsync(place, done.Token)), Task.Run(() => KillAsync(daemon, done.Token)),
            ReloadAsync(daemon, configuration, fire),
        ];
        Task[] clients = [.. Enumerable.Range(1, Clients).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (int i = 0; i < FlowsEach; i++)
            {
                await SayAsync(fire, random);
            }
        }))];
        while (!Task.WhenAll(clients).IsCompleted)
        {
            Assert.Equal([1], await neighbour.AskAsync(1));
        }

        await Task.WhenAll(clients);
        await others[2];
        await done.CancelAsync();
        await Task.WhenAll(others);

        await daemon.MetricAsync("edgegate_connections_active", 0, ("listener", "fire"));
        await Until.TrueAsync(() => daemon.Descriptors <= before + 4, what: "the descriptors to come back");
        Assert.Equal([2], await neighbour.AskAsync(2));
        await using var back = UdpUpstream.Echo(place);
        using var last = new UdpClient(fire);
        await Until.TrueAsync(
            async () =>
            {
                await last.SendAsync([3]); // the other destination refuses the first one, perhaps
                return !last.IsSilent;
            },
            what: "an answer");
        Assert.DoesNotContain(" fail: ", daemon.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" crit: ", daemon.Output, StringComparison.Ordinal);
    }

    /// <summary>A client that says a few things and does not listen.</summary>
    private static async Task SayAsync(IPEndPoint relay, Random random)
    {
        using var client = new UdpClient(relay);
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            try
            {
                await client.SendAsync(new byte[random.Next(0, 3000)]);
            }
            catch (System.Net.Sockets.SocketException refused)
                when (refused.SocketErrorCode == System.Net.Sockets.SocketError.ConnectionRefused)
            {
                // The listener was away for a moment.
            }
        }
    }

    private static async Task ComeAndGoAsync(IPEndPoint place, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await using var upstream = UdpUpstream.Echo(place);
            await Until.TrueAsync(() => upstream.Received > 50 || done.IsCancellationRequested, what: "some datagrams");
        }
    }

    private static async Task KillAsync(DaemonProcess daemon, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            foreach (var flow in await daemon.ConnectionsAsync("?listener=fire&limit=20"))
            {
                using var killed = await daemon.Admin.DeleteAsync($"/connections/{flow!["id"]}", CancellationToken.None);
            }
        }
    }

    /// <summary>Takes the listener away and brings it back.</summary>
    private static async Task ReloadAsync(DaemonProcess daemon, DaemonConfiguration configuration, IPEndPoint fire)
    {
        for (int i = 1; i <= Reloads; i++)
        {
            if (i % 2 == 0)
            {
                configuration.Listen("fire", "udp", "fire", Fleeting, fire);
            }
            else
            {
                configuration.RemoveListener("fire");
            }

            await daemon.WriteConfigurationAsync(configuration.ToString());
            await daemon.SignalAsync("HUP");
            int times = i;
            await Until.TrueAsync(
                () => Task.FromResult(daemon.Output.Split(" reloaded").Length > times), what: "the configuration to be reloaded");
        }
    }
}
