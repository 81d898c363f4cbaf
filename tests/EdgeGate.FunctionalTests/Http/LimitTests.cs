using System.Net;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Http;

namespace EdgeGate.FunctionalTests.Http;

public sealed class LimitTests : HttpTests
{
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(500);

    [Theory, OnEachTransport]
    public async Task Client_that_says_nothing_is_cut(GatewayTransport transport)
    {
        await using var gateway = await GatewayHost.StartAsync(transport, Nowhere, new GatewaySettings
        {
            Listener = new HttpListenerOptions { FirstByteTimeout = Brief },
        });
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Theory, OnEachTransport]
    public async Task Client_that_stops_within_the_preface_is_cut(GatewayTransport transport)
    {
        await using var gateway = await GatewayHost.StartAsync(transport, Nowhere, new GatewaySettings
        {
            Listener = new HttpListenerOptions { FirstByteTimeout = Brief },
        });
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        await client.SendAsync("PRI * HTTP/2.0\r\n");

        await client.WaitForCloseAsync();
    }

    [Theory, OnEachTransport]
    public async Task Client_that_drips_its_header_is_answered_408(GatewayTransport transport)
    {
        await using var gateway = await GatewayHost.StartAsync(transport, Nowhere, new GatewaySettings
        {
            Limits = new HttpLimits { RequestHeadersTimeout = Brief },
        });
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX-Slow");

        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        await client.WaitForCloseAsync();
    }

    [Theory, OnEachTransport]
    public async Task Idle_keep_alive_connection_outlives_the_header_limit_and_not_its_own(GatewayTransport transport)
    {
        using var upstream = new RawUpstream(new UpstreamRecord().ServeAsync, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address, new GatewaySettings
        {
            Limits = new HttpLimits { RequestHeadersTimeout = Brief, KeepAliveTimeout = TimeSpan.FromSeconds(4) },
        });
        using var idle = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        await idle.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await idle.ReadHeadAsync();

        // Another client that drips is the clock: it is cut by the limit that must not touch the idle one.
        using var slow = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        await slow.SendAsync("GET / HT");
        await slow.WaitForCloseAsync();

        await idle.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await idle.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("", await idle.ReadToEndAsync());
    }

    [Theory]
    [OnEachTransport(30_000, "200")]
    [OnEachTransport(40_000, "431")]
    public async Task Headers_up_to_the_limit_pass(GatewayTransport transport, int length, string status)
    {
        using var upstream = new RawUpstream(new UpstreamRecord().ServeAsync, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX-Big: {new string('x', length)}\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task Body_above_a_configured_limit_is_refused(GatewayTransport transport)
    {
        using var upstream = new RawUpstream(new UpstreamRecord().ServeAsync, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address, new GatewaySettings
        {
            Limits = new HttpLimits { MaxRequestBodyBytes = 10 },
        });
        using var client = Client(gateway.Address);

        using var response = await client.PostAsync("/", new StringContent("eleven bytes"), Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private static Uri Nowhere => new("http://127.0.0.1:1");
}
