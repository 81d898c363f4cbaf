using System.Net;
using EdgeGate.FunctionalTests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.FunctionalTests.Http;

public sealed class Http1Tests : HttpTests
{
    [Theory, OnEachTransport]
    public async Task Get_head_and_keep_alive_reach_nginx(GatewayTransport transport)
    {
        await using var nginx = await NginxUpstream.StartAsync(Token);
        await using var gateway = await GatewayHost.StartAsync(transport, nginx.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
            Assert.Equal("hello from nginx", await client.ReadAsync(16));
        }

        await client.SendAsync("HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var head = await client.ReadHeadAsync();
        Assert.Contains("Content-Length: 16\r\n", head, StringComparison.Ordinal);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Theory, OnEachTransport]
    public async Task Pipelined_requests_are_answered_in_order(GatewayTransport transport)
    {
        await using var upstream = await AppUpstream.StartAsync(Echo);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync(
            string.Concat(Enumerable.Range(0, 20).Select(i => $"GET /{i:D3} HTTP/1.1\r\nHost: a\r\n\r\n")));

        for (var i = 0; i < 20; i++)
        {
            Assert.StartsWith("HTTP/1.1 200", await client.ReadHeadAsync(), StringComparison.Ordinal);
            Assert.Equal($"GET /{i:D3} ", await client.ReadAsync(9));
        }
    }

    [Theory, OnEachTransport]
    public async Task Chunked_body_arrives_whole(GatewayTransport transport)
    {
        await using var upstream = await AppUpstream.StartAsync(Echo);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
        await client.SendAsync("4\r\nedge\r\n");
        await client.SendAsync("4;why=not\r\ngate\r\n0\r\n\r\n");

        Assert.EndsWith("POST / edgegate", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task Expect_continue_is_answered_before_the_body(GatewayTransport transport)
    {
        await using var upstream = await AppUpstream.StartAsync(Echo);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        await client.SendAsync("edge");

        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("POST / edge", await client.ReadAsync(11));
    }

    [Theory, OnEachTransport]
    public async Task Request_split_into_single_bytes_is_understood(GatewayTransport transport)
    {
        await using var upstream = await AppUpstream.StartAsync(Echo);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        foreach (var one in "PRI /x HTTP/1.1\r\nHost: a\r\n\r\n")
        {
            await client.SendAsync(one.ToString());
        }

        // A method that begins like HTTP/2's preface is still HTTP/1.1.
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("PRI /x ", await client.ReadAsync(7));
    }

    [Theory, OnEachTransport]
    public async Task Header_bytes_above_ascii_pass_unchanged(GatewayTransport transport)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            var head = await connection.ReadHeadAsync();
            var value = head!.Split("X-Name: ")[1].Split("\r\n")[0];
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Name: {value}\r\n\r\n");
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX-Name: Z\u00C3\u00BCrich \u00FC\r\n\r\n");

        Assert.Contains("X-Name: Z\u00C3\u00BCrich \u00FC\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task Curl_and_wrk_are_served(GatewayTransport transport)
    {
        await using var nginx = await NginxUpstream.StartAsync(Token);
        await using var gateway = await GatewayHost.StartAsync(transport, nginx.Address);
        var address = new Uri(gateway.Address, "/hello").ToString();

        // --http2 asks for an upgrade to h2c, which RFC 9113 has withdrawn: the answer is plain HTTP/1.1.
        foreach (var version in new[] { "--http1.0", "--http1.1", "--http2", "--http2-prior-knowledge" })
        {
            var curl = await Tool.RunAsync(
                await Tool.RequireAsync("curl", Token), ["-sS", "--fail", version, address], Token);
            curl.AssertSuccess();
            Assert.Equal("hello from nginx", curl.Output);
        }

        var wrk = await Tool.RunAsync(
            await Tool.RequireAsync("wrk", Token), ["-t1", "-c32", "-d1s", address], Token);
        wrk.AssertSuccess();
        Assert.DoesNotContain("Non-2xx", wrk.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Socket errors", wrk.Output, StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task Http_client_gets_what_it_posts(GatewayTransport transport)
    {
        await using var upstream = await AppUpstream.StartAsync(Echo);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = Client(gateway.Address);

        using var response = await client.PostAsync("/form", new StringContent("a=b"), Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("POST /form a=b", await response.Content.ReadAsStringAsync(Token));
    }

    /// <summary>Answers with what it was asked.</summary>
    private static void Echo(WebApplication app) => app.Run(async context =>
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = $"{context.Request.Method} {context.Request.Path} {await reader.ReadToEndAsync()}";
        context.Response.ContentLength = text.Length;
        await context.Response.WriteAsync(text);
    });
}
