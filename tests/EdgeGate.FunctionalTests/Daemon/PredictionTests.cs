using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>
/// What the plan says against what is: a daemon under a real limit is filled until it lets nobody in any more, and what it
/// holds and uses then is held against the plan.
/// </summary>
public sealed class PredictionTests : DaemonTests
{
    private const double DescriptorTolerance = 0.03;
    private const double MemoryTolerance = 0.15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10); // for the first one that is not let in

    private const long Mebibyte = 1 << 20;

    [Theory]
    [InlineData(600)]
    [InlineData(1500)]
    [InlineData(5000)]
    public async Task As_many_relays_fit_into_the_descriptors_as_the_plan_says(int descriptors)
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Transport", """{ "Splice": "off" }""");
        var relay = configuration.Relay("relay", upstream.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration, descriptors);
        JsonNode limit = await LimitAsync(daemon, "descriptors");
        int planned = await daemon.CapacityAsync();
        int reserve = (int)limit["base"]! - daemon.Descriptors;
        Assert.Equal(planned, (int)limit["connections"]!);

        List<Socket> held = await FillAsync(relay, planned + (planned / 10));
        Assert.Equal(planned, held.Count);

        // As many as the descriptors that are left, but for the reserve, would have held more or fewer.
        int room = (descriptors - reserve - daemon.Descriptors) / 2;
        Report($"{descriptors} descriptors: {planned} planned, {planned + room} fit beside the reserve of {reserve}");
        Assert.InRange((double)room / planned, -DescriptorTolerance, DescriptorTolerance);
        await AssertServedAndCalmAsync(daemon, held);
    }

    [Fact]
    public async Task Relays_take_the_memory_that_the_plan_says()
    {
        using MemoryGroup group = MemoryGroup.Create(104 * Mebibyte);
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", upstream.EndPoint);
        await using DaemonProcess daemon = await StartAsync(configuration, group);
        int planned = await PlannedByMemoryAsync(daemon);

        List<Socket> held = await FillAsync(relay, planned + (planned / 10));
        await AssertPredictedAsync(daemon, group, held.Count, planned);
        await AssertServedAndCalmAsync(daemon, held);
    }

    [Fact]
    public async Task WebSockets_take_the_memory_that_the_plan_says()
    {
        using MemoryGroup group = MemoryGroup.Create(176 * Mebibyte);
        await using var upstream = await AppUpstream.StartAsync(app => app.UseWebSockets().Run(EchoMessagesAsync));
        var configuration = new DaemonConfiguration();
        Uri web = configuration.Proxy("web", upstream.Address);
        await using DaemonProcess daemon = await StartAsync(configuration, group);
        int planned = await PlannedByMemoryAsync(daemon);

        var held = new List<ClientWebSocket>();
        while (held.Count < planned + (planned / 10) && await OpenAsync(web) is { } socket)
        {
            held.Add(socket);
        }

        await AssertPredictedAsync(daemon, group, held.Count, planned);
        foreach (ClientWebSocket socket in held)
        {
            await EchoAsync(socket).WaitAsync(TimeSpan.FromSeconds(5), Token);
        }

        Assert.False(daemon.HasExited, daemon.Output);
        held.ForEach(socket => socket.Dispose());
    }

    private static async Task<DaemonProcess> StartAsync(DaemonConfiguration configuration, MemoryGroup group)
    {
        DaemonProcess daemon = DaemonProcess.LaunchThrough(group.Starter, configuration);
        await Until.TrueAsync(daemon.IsReadyAsync, TimeSpan.FromSeconds(30), "the daemon to become ready");
        return daemon;
    }

    private static async Task<int> PlannedByMemoryAsync(DaemonProcess daemon)
    {
        int planned = await daemon.CapacityAsync();
        JsonNode limit = await LimitAsync(daemon, "memory");
        Assert.Equal(planned, (int)limit["connections"]!); // it binds
        return planned;
    }

    private static async Task AssertPredictedAsync(DaemonProcess daemon, MemoryGroup group, int held, int planned)
    {
        JsonNode limit = await LimitAsync(daemon, "memory");
        double predicted = (double)limit["base"]! + (held * (double)limit["perConnection"]!);
        double used = group.Used;
        Report($"planned {planned}, held {held}; {predicted / Mebibyte:F1} MiB predicted, {used / Mebibyte:F1} MiB used of "
            + $"{(double)limit["total"]! / Mebibyte:F1}");
        Assert.InRange(held, planned * (1 - MemoryTolerance), planned);
        Assert.InRange(used / predicted, 1 - MemoryTolerance, 1 + MemoryTolerance);
        Assert.Equal(0, group.Kills);
    }

    private static async Task<JsonNode> LimitAsync(DaemonProcess daemon, string resource) =>
        JsonNode.Parse(await daemon.Admin.GetStringAsync("/limits"))!["capacity"]!["limits"]!.AsArray()
            .Single(limit => (string?)limit!["resource"] == resource)!;

    /// <summary>Opens connections that each make one exchange, until one is not served.</summary>
    private async Task<List<Socket>> FillAsync(IPEndPoint relay, int most)
    {
        var held = new List<Socket>();
        while (held.Count < most)
        {
            Socket socket = await relay.ConnectAsync();
            if (!await IsServedAsync(socket))
            {
                socket.Dispose();
                break;
            }

            held.Add(socket);
        }

        return held;
    }

    private async Task<bool> IsServedAsync(Socket socket)
    {
        byte[] one = [7];
        await socket.SendAllAsync(one);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        try
        {
            return await socket.ReceiveAsync(one, patience.Token) == 1;
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            return false; // it waits in the backlog
        }
    }

    private async Task AssertServedAndCalmAsync(DaemonProcess daemon, List<Socket> held)
    {
        TimeSpan before = daemon.ProcessorTime;
        var clock = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(2), Token);
        double share = (daemon.ProcessorTime - before) / clock.Elapsed;
        Report($"{share:P1} of a core while full");
        Assert.InRange(share, 0, 0.2);
        foreach (Socket socket in held)
        {
            Assert.True(await IsServedAsync(socket), "an established connection was lost");
            socket.Dispose();
        }

        Assert.False(daemon.HasExited, daemon.Output);
    }

    private async Task<ClientWebSocket?> OpenAsync(Uri web)
    {
        var socket = new ClientWebSocket();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        try
        {
            await socket.ConnectAsync(new UriBuilder(web) { Scheme = "ws" }.Uri, patience.Token);
            await EchoAsync(socket);
            return socket;
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException && !Token.IsCancellationRequested)
        {
            socket.Dispose();
            return null;
        }
    }

    private async Task EchoAsync(WebSocket socket)
    {
        await socket.SendAsync(new byte[] { 7 }, WebSocketMessageType.Binary, endOfMessage: true, Token);
        byte[] echoed = new byte[1];
        Assert.Equal(1, (await socket.ReceiveAsync(echoed, Token)).Count);
    }

    private static async Task EchoMessagesAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[16];
        while (true)
        {
            WebSocketReceiveResult got = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, context.RequestAborted);
        }
    }
}
