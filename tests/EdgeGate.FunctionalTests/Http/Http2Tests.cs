using System.Net;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Http;

namespace EdgeGate.FunctionalTests.Http;

public sealed class Http2Tests : HttpTests
{
    [Theory, OnEachTransport]
    public async Task Both_versions_share_a_cleartext_port(GatewayTransport transport)
    {
        await using var nginx = await NginxUpstream.StartAsync(Token);
        await using var gateway = await GatewayHost.StartAsync(transport, nginx.Address);

        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20, HttpVersion.Version11 })
        {
            using var client = Client(gateway.Address, version);
            using var response = await client.GetAsync("/hello", Token);
            Assert.Equal(version, response.Version);
            Assert.Equal("hello from nginx", await response.Content.ReadAsStringAsync(Token));
        }
    }

    [Theory, OnEachTransport]
    public async Task Preface_split_into_single_bytes_is_recognised(GatewayTransport transport)
    {
        await using var gateway = await GatewayHost.StartAsync(transport, new Uri("http://127.0.0.1:1"));
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);

        foreach (var one in "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        {
            await client.SendAsync(one.ToString());
        }

        await client.SendAsync("\0\0\0\u0004\0\0\0\0\0"); // an empty SETTINGS frame
        var frame = await client.ReadAsync(9);
        Assert.Equal(4, frame[3]); // SETTINGS comes first, as RFC 9113 wants it
    }

    [Theory, OnEachTransport]
    public async Task H2load_finds_no_failed_stream_in_cleartext(GatewayTransport transport) =>
        await H2LoadAsync(transport, new HttpListenerOptions());

    [Theory, OnEachTransport]
    public async Task H2load_finds_no_failed_stream_over_tls(GatewayTransport transport)
    {
        using var certificate = new TestCertificate(["localhost"]);
        await H2LoadAsync(transport, new HttpListenerOptions
        {
            Protocol = HttpListenerProtocol.Https,
            Tls = new HttpTlsOptions { Certificates = [certificate.Files] },
        });
    }

    [Theory, OnEachTransport]
    public async Task Streams_run_side_by_side(GatewayTransport transport)
    {
        const int Streams = 50;
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            if (Interlocked.Increment(ref arrived) == Streams)
            {
                all.SetResult();
            }

            await all.Task.WaitAsync(Token);
            await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = Client(gateway.Address, HttpVersion.Version20);

        var responses = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => client.GetAsync("/", Token)));

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.NoContent, response.StatusCode));
    }

    private async Task H2LoadAsync(GatewayTransport transport, HttpListenerOptions listener)
    {
        var h2load = await Tool.RequireAsync("h2load", Token);
        await using var nginx = await NginxUpstream.StartAsync(Token);
        await using var gateway = await GatewayHost.StartAsync(
            transport, nginx.Address, new GatewaySettings { Listener = listener });

        var result = await Tool.RunAsync(
            h2load, ["-n", "2000", "-c", "4", "-m", "50", new Uri(gateway.Address, "/hello").ToString()], Token);

        result.AssertSuccess();
        Assert.Contains("2000 succeeded, 0 failed, 0 errored, 0 timeout", result.Output, StringComparison.Ordinal);
        Assert.Contains("status codes: 2000 2xx", result.Output, StringComparison.Ordinal);
    }
}
