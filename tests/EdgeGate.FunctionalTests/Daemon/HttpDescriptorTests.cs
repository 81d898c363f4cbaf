using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>One HTTP/2 client whose requests want more upstream connections than there are descriptors.</summary>
public sealed class HttpDescriptorTests : DaemonTests
{
    private const int Streams = 100; // at once on one connection, as Kestrel allows

    [Theory]
    [InlineData(400)]
    [InlineData(440)]
    public async Task Streams_beyond_the_descriptors_get_a_503_and_relays_notice_nothing(int descriptors)
    {
        var release = new TaskCompletionSource();
        using var slow = new RawUpstream(
            async connection =>
            {
                await connection.ReadHeadAsync();
                await release.Task;
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
            },
            Token);
        await using var echo = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", slow.Address);
        var relay = configuration.Relay("game", echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration, descriptors);
        int capacity = await daemon.CapacityAsync();
        Assert.InRange(capacity, 4, Streams);
        Socket[] established = await Task.WhenAll(Enumerable.Range(0, capacity / 2).Select(_ => relay.ConnectAsync()));
        await EchoAsync(established);

        using var client = new HttpClient(new SocketsHttpHandler { EnableMultipleHttp2Connections = false })
        {
            BaseAddress = web,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Task<HttpResponseMessage>[] requests = [.. Enumerable.Range(0, Streams).Select(_ => client.GetAsync("/", Token))];
        int room = await RoomAsync(daemon) - (2 * established.Length) - 1; // the client's own descriptor
        await Until.TrueAsync(() => slow.Accepted == room, what: $"{room} requests to reach the upstream");
        await Until.TrueAsync(() => requests.Count(r => r.IsCompleted) == Streams - room, what: "the others to be answered");
        Report($"{descriptors} descriptors: {established.Length} relays, {room} requests upstream, {Streams - room} told to come again");
        foreach (var refused in requests.Where(request => request.IsCompleted))
        {
            using HttpResponseMessage answer = await refused;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        await daemon.MetricAsync("edgegate_upstream_descriptor_exhaustions_total", Streams - room);
        await daemon.SaysAsync("No descriptor is left for an upstream connection");
        await EchoAsync(established);
        Socket[] more = await Task.WhenAll(
            Enumerable.Range(0, capacity - established.Length - 1).Select(_ => relay.ConnectAsync()));
        Task waiting = EchoAsync(more);
        await EchoAsync(established);
        Assert.False(waiting.IsCompleted);
        Assert.InRange(daemon.Descriptors, 0, descriptors);
        Assert.DoesNotContain("Too many open files", daemon.Output, StringComparison.Ordinal);

        release.SetResult();
        await Task.WhenAll(requests);
        await waiting; // up to the plan
        await EchoAsync(established);
        await daemon.MetricAsync("edgegate_upstream_connect_failures_total", 0);
        Array.ForEach([.. established, .. more], socket => socket.Dispose());
    }

    private static async Task<int> RoomAsync(DaemonProcess daemon) =>
        (int)JsonNode.Parse(await daemon.Admin.GetStringAsync("/limits"))!["live"]!["descriptors"]!["capacity"]!;

    private static async Task EchoAsync(params Socket[] sockets)
    {
        byte[] one = [7];
        foreach (var socket in sockets)
        {
            await socket.SendAllAsync(one);
            await socket.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(20));
        }
    }
}
