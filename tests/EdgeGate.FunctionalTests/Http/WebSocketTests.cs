using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Http;
using Microsoft.AspNetCore.Builder;

namespace EdgeGate.FunctionalTests.Http;

public sealed class WebSocketTests : HttpTests
{
    [Theory, OnEachTransport("1.1"), OnEachTransport("2.0")]
    public async Task Messages_up_to_a_megabyte_come_back(GatewayTransport transport, string version)
    {
        await using var upstream = await AppUpstream.StartAsync(EchoSocket);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var socket = await OpenAsync(gateway, version);

        foreach (var length in new[] { 0, 1, 125, 126, 65_535, 65_536, 1 << 20 })
        {
            await AssertEchoAsync(socket, length);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        Assert.Equal("done", socket.CloseStatusDescription);
    }

    [Theory, OnEachTransport("1.1"), OnEachTransport("2.0")]
    public async Task Idle_socket_outlives_the_activity_timeout(GatewayTransport transport, string version)
    {
        await using var upstream = await AppUpstream.StartAsync(EchoSocket);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address, ShortActivity);
        using var socket = await OpenAsync(gateway, version);
        await AssertEchoAsync(socket, 10);

        // Ordinary requests that end by the time-out are the clock: each began after the socket fell silent.
        using var client = Client(gateway.Address);
        for (var i = 0; i < 2; i++)
        {
            using var response = await client.GetAsync("/hang", Token);
            Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        }

        await AssertEchoAsync(socket, 10);
    }

    [Theory, OnEachTransport]
    public async Task An_operators_own_activity_timeout_holds_for_sockets(GatewayTransport transport)
    {
        await using var upstream = await AppUpstream.StartAsync(EchoSocket);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address, new GatewaySettings
        {
            ReverseProxy = { ["Clusters:upstream:HttpRequest:ActivityTimeout"] = "00:00:00.300" },
        });
        using var socket = await OpenAsync(gateway, "1.1");

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[1], Token));
    }

    [Theory, OnEachTransport]
    public async Task An_upgrade_that_is_never_answered_times_out(GatewayTransport transport)
    {
        await using var upstream = await AppUpstream.StartAsync(EchoSocket);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address, ShortActivity);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync(
            "GET /hang HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 504 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_vanishes_takes_the_upstream_socket_with_it(GatewayTransport transport)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi");
            await connection.WaitForCloseAsync();
            ended.SetResult();
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("hi", await client.ReadAsync(2));

        client.Reset();

        await ended.Task.WaitAsync(Token);
    }

    private static GatewaySettings ShortActivity => new()
    {
        Gateway = new HttpGatewayOptions { ActivityTimeout = TimeSpan.FromMilliseconds(400) },
    };

    private static void EchoSocket(WebApplication app)
    {
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.Run(async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest || context.Request.Path == "/hang")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[64 * 1024];
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is
                { MessageType: not WebSocketMessageType.Close } part)
            {
                await socket.SendAsync(
                    buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
            }

            await socket.CloseOutputAsync(
                socket.CloseStatus ?? WebSocketCloseStatus.Empty, socket.CloseStatusDescription, default);
        });
    }

    private async Task<ClientWebSocket> OpenAsync(GatewayHost gateway, string version)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        await socket.ConnectAsync(new UriBuilder(gateway.Address) { Scheme = "ws" }.Uri, invoker, Token);
        return socket;
    }

    private async Task AssertEchoAsync(ClientWebSocket socket, int length)
    {
        var sent = RandomNumberGenerator.GetBytes(length);
        var sending = socket.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, Token);
        var received = new byte[length + 1];
        var count = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(received.AsMemory(count), Token);
            count += part.Count;
        }
        while (!part.EndOfMessage);

        await sending;
        Assert.True(sent.AsSpan().SequenceEqual(received.AsSpan(0, count)), $"message of {length} bytes differs");
    }
}
