using System.Net;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Policies;

/// <summary>Redirects, HSTS, whom the gateway believes, and how much it takes, asked of a running daemon by curl.</summary>
public sealed class EdgeHeadersTests(EdgeHeadersFixture edge) : DaemonTests, IClassFixture<EdgeHeadersFixture>
{
    [Theory]
    [InlineData("GET", 301)]
    [InlineData("HEAD", 301)]
    [InlineData("POST", 308)]
    [InlineData("DELETE", 308)]
    public async Task A_client_without_tls_is_sent_to_the_same_place_with_tls(string method, int status)
    {
        string answer = await CurlAsync(
            "-i", method == "HEAD" ? "--head" : $"-X{method}",
            "-H", "Host: shop.example:80", $"http://{edge.Redirecting}/a%2Fb/%C3%A4?x=1&y=%20");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Contains($"Location: https://shop.example:{edge.Secure.Port}/a%2Fb/%C3%A4?x=1&y=%20\r\n", answer);
    }

    [Fact]
    public async Task A_listener_that_is_not_named_does_not_redirect_and_says_no_hsts()
    {
        string answer = await CurlAsync("-i", $"http://{edge.Plain}/");

        Assert.StartsWith("HTTP/1.1 200", answer);
        Assert.Contains("Strict-Transport-Security: max-age=1\r\n", answer); // the upstream's own
    }

    [Fact]
    public async Task Over_tls_the_gateways_hsts_takes_the_place_of_the_upstreams()
    {
        string answer = await CurlAsync("-ik", $"https://{edge.Secure}/");

        Assert.Equal(
            ["strict-transport-security: max-age=31536000; includeSubDomains; preload"],
            answer.Split("\r\n").Where(line => line.StartsWith("strict", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task What_a_client_that_is_no_proxy_says_of_itself_is_written_over()
    {
        string seen = await CurlAsync(
            "-H", "X-Forwarded-For: 6.6.6.6", "-H", "X-Forwarded-Proto: https", "-H", "X-Forwarded-Host: evil.example",
            "-H", "Forwarded: for=6.6.6.6", "-H", "Host: shop.example", $"http://{edge.Plain}/");

        Assert.Null(Seen(seen, "Forwarded")); // RFC 7239
        Assert.Equal("127.0.0.1", Seen(seen, "X-Forwarded-For"));
        Assert.Equal("http", Seen(seen, "X-Forwarded-Proto"));
        Assert.Equal("shop.example", Seen(seen, "X-Forwarded-Host"));
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("6.6.6.6, 203.0.113.7, 10.1.2.3, 10.0.0.9", "203.0.113.7")] // hops are believed from the nearest on
    [InlineData("10.0.0.8, 10.0.0.9", "10.0.0.8")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("203.0.113.7, \"nobody\", 10.0.0.9", "10.0.0.9")]
    [InlineData("203.0.113.7, <script>", "127.0.0.2")]
    [InlineData(",,,", "127.0.0.2")]
    [InlineData("999.1.1.1", "127.0.0.2")]
    public async Task What_a_trusted_proxy_says_is_believed_as_far_as_it_makes_sense(string said, string client)
    {
        string seen = await CurlAsync(
            "--interface", "127.0.0.2", "-H", "X-Forwarded-For: " + said, "-H", "X-Original-For: 6.6.6.6",
            $"http://{edge.Plain}/");

        Assert.Equal(client, Seen(seen, "X-Forwarded-For"));
        Assert.Null(Seen(seen, "X-Original-For"));
    }

    [Fact]
    public async Task A_client_whose_proxy_has_tls_is_not_redirected()
    {
        string[] proxied = ["-H", "X-Forwarded-For: 203.0.113.7", "-H", "X-Forwarded-Proto: https", "-H", "X-Forwarded-Host: shop.example"];

        string seen = await CurlAsync(["--interface", "127.0.0.2", .. proxied, $"http://{edge.Redirecting}/"]);
        string forged = await CurlAsync(["-i", .. proxied, $"http://{edge.Redirecting}/"]);

        Assert.Equal("https", Seen(seen, "X-Forwarded-Proto"));
        Assert.Equal("shop.example", Seen(seen, "X-Forwarded-Host"));
        Assert.StartsWith("HTTP/1.1 301", forged);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_answered_413_and_a_route_may_take_more()
    {
        string large = new('a', 2000);

        Assert.Equal("413", await StatusAsync("-d", large, $"http://{edge.Plain}/"));
        Assert.Equal("413", await StatusAsync("-d", large, "-H", "Transfer-Encoding: chunked", $"http://{edge.Plain}/"));
        Assert.Equal("413", await StatusAsync("-k", "--http2", "-d", large, $"https://{edge.Secure}/"));
        Assert.Equal("200", await StatusAsync("-d", large, $"http://{edge.Plain}/large"));
        Assert.Equal("200", await StatusAsync("-d", "small", $"http://{edge.Plain}/"));
    }

    [Fact]
    public async Task Headers_that_are_too_large_or_too_many_are_answered_431()
    {
        string[] many = [.. Enumerable.Range(0, 60).SelectMany(i => new[] { "-H", $"X-{i}: 1" })];

        Assert.Equal("431", await StatusAsync("-H", "X-Large: " + new string('a', 5000), $"http://{edge.Plain}/"));
        Assert.Equal("431", await StatusAsync([.. many, $"http://{edge.Plain}/"]));
    }

    [Fact]
    public async Task A_reload_changes_policies_under_an_open_connection()
    {
        using var mirror = MirrorUpstream.Start(Token);
        var configuration = new DaemonConfiguration();
        Uri web = configuration.Proxy("web", mirror.Address);
        configuration.With("Http", """{ "HttpsRedirect": { "Port": 443 } }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = await RawConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, web.Port), Token);

        await client.SendAsync("GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n");
        Assert.Contains("Location: https://a.example/x\r\n", await client.ReadHeadAsync());

        configuration.With("Http", "{}");
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await daemon.SaysAsync(" reloaded");

        await client.SendAsync("GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await client.ReadHeadAsync());
    }

    private static string? Seen(string head, string header) => Curl.Header(head, header);

    private Task<string> StatusAsync(params string[] arguments) => Curl.StatusAsync(Token, arguments);

    private Task<string> CurlAsync(params string[] arguments) => Curl.GetAsync(Token, arguments);
}
