using System.Net;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>What becomes of idle keep-alive connections when their descriptors are wanted.</summary>
public sealed class IdleConnectionTests : DaemonTests
{
    private const string Ask = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task Idle_connections_make_room_for_newcomers_the_oldest_first()
    {
        using RawUpstream upstream = RawUpstream.Answering("ok", Token);
        var configuration = new DaemonConfiguration();
        Uri web = configuration.Proxy("web", upstream.Address);
        await using var daemon = await DaemonProcess.StartAsync(configuration, descriptors: 400);
        int capacity = await daemon.CapacityAsync();
        Report($"400 descriptors hold {capacity} HTTP connections");
        var endPoint = new IPEndPoint(IPAddress.Loopback, web.Port);

        // Three times as many as fit, one after the other, none of which its client closes.
        var clients = new List<RawConnection>();
        for (int i = 0; i < 3 * capacity; i++)
        {
            clients.Add(await RawConnection.ConnectAsync(endPoint, Token));
            await clients[^1].SendAsync(Ask);
            Assert.StartsWith("HTTP/1.1 200 ", await clients[^1].ReadHeadAsync(), StringComparison.Ordinal);
            await clients[^1].ReadAsync(2);
        }

        Assert.Equal("", await clients[0].ReadToEndAsync()); // the oldest has seen a FIN
        await clients[^1].SendAsync(Ask);
        Assert.StartsWith("HTTP/1.1 200 ", await clients[^1].ReadHeadAsync(), StringComparison.Ordinal);
        await daemon.MetricAsync("edgegate_connections_active", active => active <= capacity);
        await daemon.MetricAsync("edgegate_connections_rejected_total", 0);
        Assert.Contains("idle connections asked to close", daemon.Output, StringComparison.Ordinal);

        JsonNode limits = JsonNode.Parse(await daemon.Admin.GetStringAsync("/limits", Token))!;
        Assert.Equal(capacity, (int)limits["live"]!["connections"]!["capacity"]!);
        Assert.NotNull(limits["overload"]!["memory"]!["level"]);
        clients.ForEach(client => client.Dispose());
        await daemon.MetricAsync("edgegate_connections_active", 0);
        await daemon.MetricAsync("edgegate_overload_level", 0, ("resource", "connections"));
        double asked = (await daemon.MetricsAsync()).Sum("edgegate_overload_actions_total", ("action", "close_idle"));
        Assert.InRange(asked, 2 * capacity, 3 * capacity);
        await daemon.MetricAsync("edgegate_connections_closed_total", asked, ("listener", "web"), ("reason", "limit"));
    }
}
