using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Http;

/// <summary>Two parties that see different ends of one request let a third smuggle another in between.</summary>
public sealed class FramingTests : HttpTests
{
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [OnEachTransport("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n")]
    [OnEachTransport("GET / HTTP/1.1\nHost: a\n\n")]
    [OnEachTransport("GET / HTTP/1.1\r\nHost: a\r\nX: a\nY: b\r\n\r\n")]
    [OnEachTransport("GET / HTTP/1.1\r\nHost : a\r\n\r\n")]
    [OnEachTransport("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n")]
    [OnEachTransport("GET / HTTP/1.1\r\n\r\n")]
    [OnEachTransport("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [OnEachTransport("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n")]
    [OnEachTransport("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [OnEachTransport("GET / HTTX/1.1\r\nHost: a\r\n\r\n")]
    [OnEachTransport("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 36\r\n\r\n" + Smuggled)]
    [OnEachTransport("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 36\r\n\r\n" + Smuggled)]
    [OnEachTransport("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" + Smuggled)]
    [OnEachTransport("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + Smuggled)]
    [OnEachTransport("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + Smuggled)]
    [OnEachTransport("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + Smuggled)]
    public async Task Ambiguous_request_is_refused_and_the_connection_closed(GatewayTransport transport, string request)
    {
        var received = new UpstreamRecord();
        using var upstream = new RawUpstream(received.ServeAsync, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync(request);

        Assert.Matches("^HTTP/1.1 (400|501|505) ", await client.ReadHeadAsync());
        await client.WaitForCloseAsync();
        Assert.Equal("", received.Text);
    }

    [Theory]
    [OnEachTransport("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [OnEachTransport("Transfer-Encoding: chunked\r\nContent-Length: 41\r\n\r\n0\r\n\r\n")]
    public async Task Both_lengths_at_once_reach_the_upstream_as_one_or_not_at_all(
        GatewayTransport transport, string headersAndBody)
    {
        var received = new UpstreamRecord();
        using var upstream = new RawUpstream(received.ServeAsync, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\n" + headersAndBody + Smuggled);
        await client.WaitForCloseAsync();

        // RFC 9112, section 6.3: chunked wins, the length is dropped, and the connection is not used again.
        Assert.DoesNotContain("smuggled", received.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nContent-Length:", received.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [OnEachTransport("5\n\nhello\r\n0\r\n\r\n")]
    [OnEachTransport("5;a\nb\r\nhello\r\n0\r\n\r\n")]
    [OnEachTransport("0x5\r\nhello\r\n0\r\n\r\n")]
    [OnEachTransport("-1\r\nhello\r\n0\r\n\r\n")]
    [OnEachTransport("FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n")]
    [OnEachTransport("5\r\nhelloX\r\n0\r\n\r\n")]
    [OnEachTransport("5\r\nhello0\r\n\r\n")]
    public async Task Broken_chunk_never_ends_the_request_upstream(GatewayTransport transport, string chunks)
    {
        var received = new UpstreamRecord();
        using var upstream = new RawUpstream(received.ServeAsync, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + Smuggled);
        await client.WaitForCloseAsync();

        Assert.DoesNotContain("smuggled", received.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n0\r\n\r\n", received.Text, StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task Signed_length_is_passed_on_without_its_sign(GatewayTransport transport)
    {
        var received = new UpstreamRecord();
        using var upstream = new RawUpstream(received.ServeAsync, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +{Smuggled.Length}\r\n\r\n{Smuggled}");
        await client.ReadHeadAsync();

        // Kestrel is lenient here, against RFC 9112; what matters is that no one behind it has to guess.
        Assert.Contains($"\r\nContent-Length: {Smuggled.Length}\r\n", received.Text, StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task Headers_that_the_client_calls_hop_by_hop_stay_here(GatewayTransport transport)
    {
        var received = new UpstreamRecord();
        using var upstream = new RawUpstream(received.ServeAsync, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Hop, x-other ,Host, X-Forwarded-Host\r\nX-Hop: 1\r\n"
            + "X-Other: 2\r\nX-Stays: 3\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\n\r\n");
        await client.ReadHeadAsync();

        Assert.Single(received.Text.Split("GET / HTTP/1.1\r\n")[1..]);
        Assert.Contains("X-Stays: 3\r\n", received.Text, StringComparison.Ordinal);
        Assert.Contains("X-Forwarded-Host: a\r\n", received.Text, StringComparison.Ordinal);
        foreach (var name in new[] { "X-Hop:", "X-Other:", "Keep-Alive:", "Proxy-Connection:", "\r\nConnection:" })
        {
            Assert.DoesNotContain(name, received.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory, OnEachTransport]
    public async Task Headers_that_the_upstream_calls_hop_by_hop_stay_here_too(GatewayTransport transport)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(
                "HTTP/1.1 204 No Content\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nX-Stays: 2\r\n\r\n");
            await connection.WaitForCloseAsync();
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var head = await client.ReadHeadAsync();

        Assert.Contains("X-Stays: 2\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Hop", head, StringComparison.Ordinal);
    }
}
