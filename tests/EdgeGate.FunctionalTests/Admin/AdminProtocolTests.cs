using System.Net;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Admin;

/// <summary>How the admin address speaks HTTP: methods, headers, errors.</summary>
public sealed class AdminProtocolTests : DaemonTests, IAsyncLifetime
{
    private static readonly string[] Pages = ["/", "/healthz", "/readyz", "/status", "/limits", "/clusters", "/connections", "/config", "/metrics", "/openapi.json"];

    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly DaemonConfiguration _configuration = new();
    private DaemonProcess _daemon = null!;

    public async ValueTask InitializeAsync()
    {
        _configuration.Relay("relay", _echo.EndPoint);
        _daemon = await DaemonProcess.StartAsync(_configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await _echo.DisposeAsync();
        Dispose();
    }

    [Fact]
    public async Task What_is_read_is_read_by_get_and_head_and_by_nothing_else()
    {
        foreach (string page in Pages)
        {
            using var get = await SendAsync(HttpMethod.Get, page);
            using var head = await SendAsync(HttpMethod.Head, page);
            Assert.True(get.StatusCode == HttpStatusCode.OK, $"{page}: {get.StatusCode}");
            Assert.True(head.StatusCode == HttpStatusCode.OK, $"HEAD {page}: {head.StatusCode}");
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Token));
            foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete })
            {
                using var refused = await SendAsync(method, page);
                await AssertProblemAsync(refused, HttpStatusCode.MethodNotAllowed);
                Assert.Equal(["GET", "HEAD"], refused.Content.Headers.Allow);
            }
        }
    }

    [Theory]
    [InlineData("/drain", "POST")]
    [InlineData("/reload", "POST")]
    [InlineData("/connections/1", "DELETE")]
    public async Task What_changes_something_is_not_read(string page, string allowed)
    {
        using var answer = await SendAsync(HttpMethod.Get, page);

        await AssertProblemAsync(answer, HttpStatusCode.MethodNotAllowed);
        Assert.Equal([allowed], answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("POST", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/connections/999999", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/connections/abc", HttpStatusCode.NotFound)]
    [InlineData("GET", "/connections?sort=none", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/connections?limit=-1", HttpStatusCode.BadRequest)]
    public async Task Errors_are_problem_details(string method, string page, HttpStatusCode status)
    {
        using var answer = await SendAsync(new HttpMethod(method), page);

        await AssertProblemAsync(answer, status);
    }

    [Fact]
    public async Task Every_answer_forbids_a_browser_what_it_does_not_need()
    {
        foreach (string page in (string[])[.. Pages, "/nowhere"])
        {
            using var answer = await SendAsync(HttpMethod.Get, page);
            string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.True(answer.Headers.CacheControl!.NoStore, page);
        }
    }

    [Fact]
    public async Task A_page_whose_name_was_rebound_to_loopback_reads_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connections");
        request.Headers.Host = $"elsewhere.example:{_configuration.AdminPort}";
        request.Headers.Add("Sec-Fetch-Site", "same-origin");

        using var answer = await _daemon.Admin.SendAsync(request, Token);

        await AssertProblemAsync(answer, HttpStatusCode.Forbidden);
    }

    private async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!;
        Assert.Equal((int)status, (int)problem["status"]!);
        Assert.NotEmpty((string)problem["detail"]!);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path) =>
        _daemon.Admin.SendAsync(new HttpRequestMessage(method, path), Token);
}
