using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using UdpClient = EdgeGate.FunctionalTests.Layer4.UdpClient;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>What <c>/connections</c> says of a connection of each lane.</summary>
public sealed class ConnectionTableTests : DaemonTests, IAsyncLifetime
{
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly UdpUpstream _datagrams = UdpUpstream.Echo();
    private readonly TestCertificate _certificate = new(["localhost"]);
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DaemonConfiguration _configuration = new();
    private AppUpstream _app = null!;
    private DaemonProcess _daemon = null!;
    private IPEndPoint _web = null!;
    private IPEndPoint _secure = null!;
    private IPEndPoint _relay = null!;
    private IPEndPoint _sni = null!;
    private IPEndPoint _dns = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await AppUpstream.StartAsync(Map);
        _web = IPEndPoint.Parse(_configuration.Proxy("web", _app.Address).Authority);
        _secure = _configuration.Listen("secure", "https", more: $$"""
            { "Tls": { "Certificates": [ {
                "CertificatePath": "{{_certificate.Files.CertificatePath}}", "KeyPath": "{{_certificate.Files.KeyPath}}" } ] } }
            """);
        _relay = _configuration.Relay("relay", _echo.EndPoint);
        _sni = _configuration.Listen("sni", "tls", "relay", """{ "SniRoutes": { "a.example.com": "relay" } }""");
        _dns = _configuration.RelayDatagrams("dns", _datagrams.EndPoint);
        _daemon = await DaemonProcess.StartAsync(_configuration);
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _daemon.DisposeAsync();
        await _app.DisposeAsync();
        await _echo.DisposeAsync();
        await _datagrams.DisposeAsync();
        _certificate.Dispose();
        Dispose();
    }

    [Fact]
    public async Task A_relay_has_the_bytes_of_both_its_sides()
    {
        using Socket client = await _relay.ConnectAsync();
        await client.SendAllAsync(new byte[700]);
        await client.ReceiveExactlyAsync(new byte[700]);

        JsonNode row = await RowAsync("relay", r => (long)r["bytesOut"]! == 700);

        Assert.Equal((700, 700, 700), ((int)row["bytesIn"]!, (int)row["upstreamBytesOut"]!, (int)row["upstreamBytesIn"]!));
        Assert.Null(row["requests"]);
        Assert.Null(row["tlsVersion"]);
        Assert.NotNull(row["notSentBytes"]);
        Assert.NotNull(row["unacknowledged"]);
    }

    [Fact]
    public async Task A_passed_through_TLS_connection_has_the_name_that_it_was_routed_by()
    {
        using Socket client = await _sni.ConnectAsync();
        byte[] hello = await RealHello.ForAsync("a.example.com", Token);
        await client.SendAllAsync(hello);
        await client.ReceiveExactlyAsync(new byte[hello.Length]);

        JsonNode row = await RowAsync("sni", r => (long)r["bytesOut"]! == hello.Length);

        Assert.Equal("a.example.com", (string?)row["sni"]);
        Assert.Equal(hello.Length, (int)row["upstreamBytesOut"]!);
        Assert.Equal(_echo.EndPoint.ToString(), (string?)row["destination"]);
    }

    [Fact]
    public async Task A_flow_of_datagrams_has_the_bytes_of_both_its_sides_and_no_round_trip_time()
    {
        using var client = new UdpClient(_dns);
        await client.AskAsync(new byte[90]);

        JsonNode row = await RowAsync("dns", r => (long)r["bytesOut"]! == 90);

        Assert.Equal((90, 90, 90), ((int)row["bytesIn"]!, (int)row["upstreamBytesOut"]!, (int)row["upstreamBytesIn"]!));
        Assert.Equal(client.Source, (string?)row["source"]);
        Assert.Null(row["rtt"]);
    }

    [Fact]
    public async Task An_HTTP_connection_has_its_version_its_requests_and_its_last_destination()
    {
        using var client = await RawConnection.ConnectAsync(_web, Token);
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReadHeadAsync();
            await client.ReadAsync(5);
        }

        JsonNode row = await RowAsync("web", r => (string?)r["state"] == "idle");

        Assert.Equal("http/1.1", (string?)row["applicationProtocol"]);
        Assert.Equal((3, 0), ((int)row["requests"]!, (int)row["streams"]!));
        Assert.Equal(_app.Address.ToString(), (string?)row["destination"]);
        Assert.Null(row["upstreamBytesIn"]); // upstream connections are shared
    }

    [Fact]
    public async Task An_HTTP2_connection_over_TLS_has_its_streams_in_flight_version_and_server_name()
    {
        using var client = HttpTests.ClientOf(new Uri($"https://localhost:{_secure.Port}"), HttpVersion.Version20);
        Task<string>[] held = [client.GetStringAsync("/hold", Token), client.GetStringAsync("/hold", Token)];
        await _arrived.WaitAsync(Token);
        await _arrived.WaitAsync(Token);

        JsonNode row = await RowAsync("secure", r => (int)r["streams"]! == 2);

        Assert.Equal("h2", (string?)row["applicationProtocol"]);
        Assert.Equal("1.3", (string?)row["tlsVersion"]);
        Assert.Equal("localhost", (string?)row["sni"]);
        _release.SetResult();
        await Task.WhenAll(held);
        row = await RowAsync("secure", r => (string?)r["state"] == "idle");
        Assert.Equal((2, 0), ((int)row["requests"]!, (int)row["streams"]!));
    }

    [Fact]
    public async Task A_WebSocket_is_called_so()
    {
        using var client = await RawConnection.ConnectAsync(_web, Token);
        await client.SendAsync(
            "GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);

        JsonNode row = await RowAsync("web", r => (string?)r["state"] == "websocket");

        Assert.Equal((1, 1), ((int)row["requests"]!, (int)row["streams"]!));
    }

    [Fact]
    public async Task The_busiest_connections_have_series_of_their_own_and_lose_them_at_their_end()
    {
        using Socket client = await _relay.ConnectAsync();
        await client.SendAllAsync(new byte[5000]);
        await client.ReceiveExactlyAsync(new byte[5000]);
        string source = client.LocalEndPoint!.ToString()!;

        await _daemon.MetricAsync("edgegate_top_connection_received_bytes", 5000, ("listener", "relay"), ("source", source));
        await _daemon.MetricAsync("edgegate_top_connection_sent_bytes", 5000, ("listener", "relay"), ("source", source));
        var metrics = await _daemon.MetricsAsync();
        Assert.Equal(["connection", "listener", "source"], metrics.LabelNames("edgegate_top_connection_age_seconds"));
        await _daemon.MetricAsync( // from the next sample on
            "edgegate_top_connection_rtt_seconds", rtt => rtt is > 1e-6 and < 1, ("listener", "relay"), ("source", source));

        client.Dispose();

        await Until.TrueAsync(async () =>
            !(await _daemon.MetricsAsync()).Names.Contains("edgegate_top_connection_received_bytes"));
    }

    private void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.MapGet("/", context => context.Response.WriteAsync("hello"));
        app.MapGet("/hold", async context =>
        {
            _arrived.Release();
            await _release.Task;
            await context.Response.WriteAsync("late");
        });
        app.MapGet("/socket", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[1], context.RequestAborted);
        });
    }

    /// <summary>Waits until the one connection of a listener is as it must be.</summary>
    private async Task<JsonNode> RowAsync(string listener, Predicate<JsonNode> holds)
    {
        JsonNode? row = null;
        await Until.TrueAsync(async () =>
        {
            row = (await _daemon.ConnectionsAsync($"?listener={listener}")).SingleOrDefault();
            return row is not null && holds(row);
        });
        return row!;
    }
}
