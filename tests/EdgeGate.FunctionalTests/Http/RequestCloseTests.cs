using System.Net;
using System.Net.WebSockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Http;
using EdgeGate.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeGate.FunctionalTests.Http;

/// <summary>What the transport knows of a connection's requests, and the end that costs nobody one.</summary>
public sealed class RequestCloseTests : HttpTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _released = new(0);

    [Fact]
    public async Task An_idle_keep_alive_connection_ends_with_a_fin()
    {
        using var upstream = Upstream();
        await using var gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        _released.Release(2);
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            await client.ReadHeadAsync();
            Assert.Equal("hello", await client.ReadAsync(5));
        }

        var idle = await WhereAsync(gateway, c => c.IsIdleKeepAlive);
        Assert.Equal(("http/1.1", 2, 0, false), (idle.ApplicationProtocol, idle.Requests, idle.RequestsInFlight, idle.IsUpgraded));
        Assert.InRange(idle.IdleSince, Environment.TickCount64 - 30_000, Environment.TickCount64);

        Assert.Equal(1, await RequestCloseAsync(gateway));

        Assert.Equal("", await client.ReadToEndAsync()); // a reset would throw
        client.Dispose();
        await ClosedAsync(gateway, CloseReason.Limit);
    }

    [Fact]
    public async Task A_request_in_flight_gets_its_whole_answer_first()
    {
        using var upstream = Upstream();
        await using var gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        await client.SendAsync(Get);
        await _arrived.WaitAsync(Token);
        var busy = await WhereAsync(gateway, c => c.RequestsInFlight == 1);
        Assert.False(busy.IsIdleKeepAlive);

        Assert.Equal(1, await RequestCloseAsync(gateway));
        _released.Release();

        string answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("hello", answer, StringComparison.Ordinal);
        client.Dispose();
        await ClosedAsync(gateway, CloseReason.Limit);
    }

    [Fact]
    public async Task Http2_ends_after_the_streams_that_have_begun()
    {
        using var upstream = Upstream();
        await using var gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address);
        using var client = Client(gateway.Address, HttpVersion.Version20);
        var both = Task.WhenAll(client.GetStringAsync("/", Token), client.GetStringAsync("/", Token));
        await _arrived.WaitAsync(Token);
        await _arrived.WaitAsync(Token);
        var first = await WhereAsync(gateway, c => c.RequestsInFlight == 2);
        Assert.Equal("h2", first.ApplicationProtocol);

        Assert.Equal(1, await RequestCloseAsync(gateway));
        _released.Release(3);

        Assert.Equal(["hello", "hello"], await both);
        await ClosedAsync(gateway, CloseReason.Limit);
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
        Assert.NotEqual(first.Id, (await WhereAsync(gateway, c => c.IsIdleKeepAlive)).Id);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_WebSocket_is_never_idle_between_requests(string version)
    {
        await using var upstream = await AppUpstream.StartAsync(AcceptSockets);
        await using var gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        await socket.ConnectAsync(new UriBuilder(gateway.Address) { Scheme = "ws" }.Uri, invoker, Token);

        var open = await WhereAsync(gateway, c => c.IsUpgraded);
        Assert.Equal((1, false), (open.RequestsInFlight, open.IsIdleKeepAlive));

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        if (version == "2.0")
        {
            await WhereAsync(gateway, c => c is { IsUpgraded: false, IsIdleKeepAlive: true, Requests: 1 });
        }
    }

    [Fact]
    public async Task A_connection_by_TLS_ends_likewise()
    {
        using var certificate = new TestCertificate(["localhost"]);
        using var upstream = Upstream();
        await using var gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address, new GatewaySettings
        {
            Listener = new HttpListenerOptions
            {
                Protocol = HttpListenerProtocol.Https,
                Tls = new HttpTlsOptions { Certificates = [certificate.Files] },
            },
        });
        using var client = Client(gateway.Address);
        _released.Release();
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
        await WhereAsync(gateway, c => c.IsIdleKeepAlive);

        Assert.Equal(1, await RequestCloseAsync(gateway));

        await ClosedAsync(gateway, CloseReason.Limit);
    }

    [Fact]
    public async Task A_client_that_has_said_nothing_is_let_go_at_once()
    {
        using var upstream = Upstream();
        await using var gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        Assert.False((await WhereAsync(gateway, _ => true)).IsIdleKeepAlive);

        Assert.Equal(1, await RequestCloseAsync(gateway));

        Assert.Equal("", await client.ReadToEndAsync());
        await ClosedAsync(gateway, CloseReason.Limit);
    }

    private RawUpstream Upstream() => new(
        async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
            {
                _arrived.Release();
                await _released.WaitAsync(Token);
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
            }
        },
        Token);

    private static void AcceptSockets(WebApplication app)
    {
        app.UseWebSockets();
        app.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[1], context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        });
    }

    /// <summary>Waits for the one connection of which something holds.</summary>
    private static async Task<AcceptedConnection> WhereAsync(GatewayHost gateway, Predicate<AcceptedConnection> holds)
    {
        var found = new List<AcceptedConnection>();
        await Until.TrueAsync(async () =>
        {
            found.Clear();
            await TableOf(gateway).ForEachAsync(c => found.AddRange(holds(c) ? [c] : []));
            return found.Count == 1;
        });
        return found[0];
    }

    private static async Task<int> RequestCloseAsync(GatewayHost gateway)
    {
        int asked = 0;
        await TableOf(gateway).ForEachAsync(c => asked += c.RequestClose(CloseReason.Limit) ? 1 : 0);
        return asked;
    }

    private static Task ClosedAsync(GatewayHost gateway, CloseReason reason)
    {
        ListenerStats stats = gateway.Services.GetRequiredService<TransportMetrics>().StatsOf("web", "http", 2);
        return Until.TrueAsync(
            () => stats.Sum(c => c.Closed(reason)) == 1 && stats.Sum(c => c.Active) == 0, what: "its end to be counted");
    }

    private static ConnectionTable TableOf(GatewayHost gateway) =>
        new(gateway.Services.GetRequiredService<EventLoopGroup>());
}
