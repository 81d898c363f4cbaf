using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Policies;

/// <summary>Rate limits, compression, the cache, time-outs, CORS and error pages, asked of a running daemon by curl.</summary>
public sealed class EdgeAnswersTests(EdgeAnswersFixture edge) : DaemonTests, IClassFixture<EdgeAnswersFixture>
{
    [Fact]
    public async Task A_fixed_window_holds_for_each_client_and_says_when_to_come_again()
    {
        string[] statuses = await Times(4, "/fixed/a");
        string rejected = await GetAsync("-i", Web("/fixed/b"));

        Assert.Equal(["200", "200", "200", "429"], statuses);
        Assert.InRange(int.Parse(Curl.Header(rejected, "Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 3000, 3600);
        Assert.EndsWith("""{"error":"too many"}""", rejected);
        Assert.Equal("200", await StatusAsync("--interface", "127.0.0.2", Web("/fixed/a")));
        await edge.Daemon.MetricAsync("edgegate_http_requests_limited_total", count => count >= 2, ("policy", "fixed"));
    }

    [Fact]
    public async Task A_sliding_window_may_be_one_for_all_of_a_route()
    {
        Assert.Equal("200", await StatusAsync(Web("/sliding/a")));
        Assert.Equal("200", await StatusAsync("--interface", "127.0.0.2", Web("/sliding/b")));
        Assert.Equal("429", await StatusAsync("--interface", "127.0.0.4", Web("/sliding/c")));
    }

    [Fact]
    public async Task A_bucket_may_be_each_keys_own()
    {
        Assert.Equal(["200", "200", "429"], await Times(3, "/bucket/a", "-H", "X-Key: one"));
        Assert.Equal("200", await StatusAsync("-H", "X-Key: two", Web("/bucket/a")));
    }

    [Fact]
    public async Task Requests_at_once_are_counted_until_they_end()
    {
        Task<string> held = StatusAsync(Web("/busy/held"));
        await edge.Held.Task.WaitAsync(Token);
        string rejected = await GetAsync("-i", Web("/busy/free"));

        edge.Release.SetResult();
        Assert.StartsWith("HTTP/1.1 429", rejected);
        Assert.Equal("1", Curl.Header(rejected, "Retry-After"));
        Assert.Equal("200", await held);
        await Until.TrueAsync(async () => await StatusAsync(Web("/busy/free")) == "200", what: "the permit to come back");
    }

    [Fact]
    public async Task With_a_queue_a_request_waits_for_its_permit()
    {
        string[] statuses = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StatusAsync(Web("/queued/a"))));

        Assert.Equal(["200", "200", "200"], statuses);
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("identity", null)]
    public async Task Text_is_compressed_as_the_client_likes(string accepts, string? encoding)
    {
        string answer = await GetAsync("-i", "-H", "Accept-Encoding: " + accepts, "-o", "-", "--no-styled-output", Web("/text"));
        string plain = await GetAsync("--compressed", "-H", "Accept-Encoding: " + accepts, Web("/text"));

        Assert.Equal(encoding, Curl.Header(answer, "Content-Encoding"));
        Assert.Equal("Accept-Encoding", Curl.Header(answer, "Vary"));
        Assert.Equal(new string('a', 5000), plain);
        Assert.Equal(encoding is null, answer.Length > 5000);
    }

    [Fact]
    public async Task Neither_what_is_no_text_nor_what_comes_by_tls_is_compressed_unasked()
    {
        string bytes = await GetAsync("-I", "-X", "GET", "-H", "Accept-Encoding: br", Web("/bytes"));
        string secret = await GetAsync("-k", "-I", "-X", "GET", "-H", "Accept-Encoding: br", edge.Secure + "/text");

        Assert.Null(Curl.Header(bytes, "Content-Encoding"));
        Assert.Null(Curl.Header(secret, "Content-Encoding"));
    }

    [Fact]
    public async Task An_answer_is_given_again_as_its_policy_says()
    {
        string first = await GetAsync(Web("/cached/a?page=1&user=x"));

        Assert.Equal(first, await GetAsync(Web("/cached/a?page=1&user=y")));
        Assert.NotEqual(first, await GetAsync(Web("/cached/a?page=2")));
        Assert.NotEqual(first, await GetAsync("-X", "POST", Web("/cached/a?page=1")));
        Assert.NotEqual(first, await GetAsync("-H", "Authorization: Basic eDp5", Web("/cached/a?page=1")));
        Assert.NotNull(Curl.Header(await GetAsync("-i", Web("/cached/a?page=1")), "Age"));
    }

    [Theory]
    [InlineData("Set-Cookie:a=b")]
    [InlineData("Cache-Control:private")]
    [InlineData("Cache-Control:max-age=60, no-store")]
    [InlineData("Vary:Cookie")]
    [InlineData("Vary:*")]
    public async Task An_answer_that_is_for_one_alone_is_not_kept(string header)
    {
        string path = "/cached/" + Uri.EscapeDataString(header) + "?header=" + Uri.EscapeDataString(header);

        Assert.NotEqual(await GetAsync(Web(path)), await GetAsync(Web(path)));
    }

    [Fact]
    public async Task Paths_that_differ_in_case_alone_are_kept_apart() =>
        Assert.NotEqual(await GetAsync(Web("/cached/Case")), await GetAsync(Web("/cached/case")));

    [Fact]
    public async Task An_answer_that_broke_off_is_not_kept()
    {
        using HttpClient client = HttpTests.ClientOf(new Uri(Web("/")));
        using HttpResponseMessage answer = await client.GetAsync("/cached/broken", HttpCompletionOption.ResponseHeadersRead, Token);
        await using Stream body = await answer.Content.ReadAsStreamAsync(Token);
        await body.ReadExactlyAsync(new byte["half ".Length], Token);
        edge.BreakOff.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(() => body.ReadExactlyAsync(new byte[1], Token).AsTask());

        Assert.Equal("half and the other half", await client.GetStringAsync("/cached/broken", Token));
    }

    [Theory]
    [InlineData("/never/slow")]
    [InlineData("/never/slower")]
    public async Task A_routes_time_is_bounded(string path) => Assert.Equal("504", await StatusAsync(Web(path)));

    [Fact]
    public async Task Scripts_of_one_site_may_ask()
    {
        string[] preflight = ["-i", "-X", "OPTIONS", "-H", "Access-Control-Request-Method: PUT", "-H", "Access-Control-Request-Headers: x-key"];

        string allowed = await GetAsync([.. preflight, "-H", "Origin: https://app.example", Web("/cors/a")]);
        string refused = await GetAsync([.. preflight, "-H", "Origin: https://evil.example", Web("/cors/a")]);

        Assert.Equal("https://app.example", Curl.Header(allowed, "Access-Control-Allow-Origin"));
        Assert.Equal("PUT", Curl.Header(allowed, "Access-Control-Allow-Methods"));
        Assert.Null(Curl.Header(refused, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8", "<h1>out</h1>")]
    [InlineData("application/json", "application/json", """{"error":"out"}""")]
    [InlineData("*/*", "application/json", """{"error":"out"}""")]
    [InlineData("junk;;=", "application/json", """{"error":"out"}""")]
    public async Task An_upstream_that_is_gone_has_a_page_for_everybody(string accepts, string type, string body)
    {
        string answer = await GetAsync("-i", "-H", "Accept: " + accepts, Web("/dead/x"));

        Assert.StartsWith("HTTP/1.1 502", answer);
        Assert.Equal(type, Curl.Header(answer, "Content-Type"));
        Assert.Equal("no-store", Curl.Header(answer, "Cache-Control"));
        Assert.EndsWith("\r\n\r\n" + body, answer);
    }

    [Fact]
    public async Task What_an_upstream_answers_is_left_as_it_is()
    {
        string answer = await GetAsync("-i", Web("/upstream502"));

        Assert.StartsWith("HTTP/1.1 502", answer);
        Assert.EndsWith("\r\n\r\n", answer);
    }

    [Fact]
    public async Task Maintenance_is_turned_on_and_off_and_counts_and_kept_answers_outlast_it()
    {
        using var upstream = RawUpstream.Answering("hello", Token);
        var configuration = new DaemonConfiguration();
        Uri web = configuration.Proxy("web", upstream.Address);
        configuration.Route("fixed", "/fixed/{**rest}", "web", """{ "RateLimiterPolicy": "fixed" }""");
        configuration.Route("cached", "/cached/{**rest}", "web", """{ "OutputCachePolicy": "short" }""");
        configuration.With("Http", edge.Policies("false"));
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        Assert.Equal(["200", "200", "200", "429"], await Times(4, "/fixed/a", web));
        Assert.Equal("hello", await GetAsync(web + "cached/a"));

        await ReloadAsync(daemon, configuration.With("Http", edge.Policies("true")), 1);
        string turnedAway = await GetAsync("-i", "-H", "Accept: text/html", web + "x");
        Assert.StartsWith("HTTP/1.1 503", turnedAway);
        Assert.Equal("120", Curl.Header(turnedAway, "Retry-After"));
        Assert.EndsWith("<h1>soon</h1>", turnedAway);
        Assert.Equal("200", await StatusAsync("--interface", "127.0.0.3", web + "x"));

        await ReloadAsync(daemon, configuration.With("Http", edge.Policies("false")), 2);
        Assert.Equal("200", await StatusAsync(web + "x"));
        Assert.Equal("429", await StatusAsync(web + "fixed/a"));
        Assert.NotNull(Curl.Header(await GetAsync("-i", web + "cached/a"), "Age"));

        await ReloadAsync(daemon, configuration.With("Http", edge.Policies("false", fixedPermits: 5)), 3);
        Assert.Equal("200", await StatusAsync(web + "fixed/a"));

        // The policies go, and the routes that named them: nothing fails in between.
        configuration.Route("fixed", "/fixed/{**rest}", "web");
        configuration.Route("cached", "/cached/{**rest}", "web");
        await ReloadAsync(daemon, configuration.With("Http", "{}"), 4);
        Assert.Equal(["200", "200", "200", "200", "200", "200"], await Times(6, "/fixed/a", web));
    }

    private static async Task ReloadAsync(DaemonProcess daemon, DaemonConfiguration configuration, int times)
    {
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await Until.TrueAsync(
            () => daemon.Output.Split(" reloaded").Length > times || daemon.Output.Contains("refused", StringComparison.Ordinal));
        Assert.DoesNotContain("refused", daemon.Output, StringComparison.Ordinal);
    }

    private string Web(string path) => edge.Web.GetLeftPart(UriPartial.Authority) + path;

    private Task<string[]> Times(int count, string path, params string[] arguments) => Times(count, path, edge.Web, arguments);

    private async Task<string[]> Times(int count, string path, Uri web, params string[] arguments)
    {
        var statuses = new List<string>();
        while (statuses.Count < count)
        {
            statuses.Add(await StatusAsync([.. arguments, web.GetLeftPart(UriPartial.Authority) + path]));
        }

        return [.. statuses];
    }

    private Task<string> StatusAsync(params string[] arguments) => Curl.StatusAsync(Token, arguments);

    private Task<string> GetAsync(params string[] arguments) => Curl.GetAsync(Token, arguments);
}
