using System.Collections.Concurrent;
using System.Net;
using System.Text;
using EdgeGate.FunctionalTests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Spans and metrics that the real daemon sends to a collector.</summary>
public sealed class TracingTests : DaemonTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Parent = "b7ad6b7169203331";

    private readonly ConcurrentDictionary<string, string> _received = [];
    private volatile string? _upstreamsParent;

    [Fact]
    public async Task A_traced_request_has_its_spans_sent_and_its_context_passed_on()
    {
        await using var collector = await AppUpstream.StartAsync(Collect);
        await using var upstream = await AppUpstream.StartAsync(Answer);
        var otlp = $$"""{ "Endpoint": "{{collector.Address}}", "Protocol": "HttpProtobuf" """;
        var configuration = new DaemonConfiguration()
            .With("Tracing", $$"""{ "SampleRatio": 1, "Otlp": {{otlp}} } }""")
            .With("Metrics", $$"""{ "Otlp": {{otlp}}, "Interval": "00:00:01" } }""");
        var web = configuration.Proxy("web", upstream.Address);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = HttpTests.ClientOf(web);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a?token=secret");
        request.Headers.Add("traceparent", $"00-{Trace}-{Parent}-00"); // the client's own wish does not count
        using var answer = await client.SendAsync(request, Token);
        Assert.True(answer.IsSuccessStatusCode);

        await Until.TrueAsync(() => Sent("/v1/traces").Contains("edgegate.upstream.first_byte", StringComparison.Ordinal));
        await Until.TrueAsync(() => Sent("/v1/metrics").Contains("edgegate.connections.accepted", StringComparison.Ordinal));

        string traces = Sent("/v1/traces");
        Assert.Contains(Encoding.Latin1.GetString(Convert.FromHexString(Trace)), traces, StringComparison.Ordinal);
        Assert.Contains("edgegate.accept", traces, StringComparison.Ordinal);
        Assert.Contains("edgegate.route", traces, StringComparison.Ordinal);
        Assert.Contains("edgegate.upstream.connect", traces, StringComparison.Ordinal);
        Assert.Contains("http.response.status_code", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", traces, StringComparison.Ordinal);
        string[] parent = _upstreamsParent!.Split('-');
        Assert.Equal(Trace, parent[1]);
        Assert.NotEqual(Parent, parent[2]); // a span of the gateway's
        Assert.Equal("01", parent[3]);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("sockets")]
    public async Task Either_client_and_tls_have_their_spans_sent_by_grpc(string client)
    {
        await using var collector = await AppUpstream.StartAsync(Collect);
        await using var upstream = await AppUpstream.StartAsync(Answer);
        using var certificate = new TestCertificate(["localhost"]);
        var configuration = new DaemonConfiguration()
            .With("Transport", $$"""{ "HttpClient": "{{client}}" }""")
            .With("Tracing", $$"""{ "SampleRatio": 1, "Otlp": { "Endpoint": "{{collector.Address}}", "Protocol": "Grpc" } }""");
        configuration.Proxy("web", upstream.Address);
        IPEndPoint secure = configuration.Listen("secure", "https", more: $$"""
            { "Tls": { "Certificates": [ {
                "CertificatePath": "{{certificate.Files.CertificatePath}}", "KeyPath": "{{certificate.Files.KeyPath}}" } ] } }
            """);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var http = HttpTests.ClientOf(new Uri($"https://localhost:{secure.Port}/"));

        using var answer = await http.GetAsync("/", Token);

        const string Service = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
        await Until.TrueAsync(() => Sent(Service).Contains("edgegate.upstream.connect", StringComparison.Ordinal));
        Assert.Contains("edgegate.tls", Sent(Service), StringComparison.Ordinal);
        Assert.Contains("edgegate.upstream.first_byte", Sent(Service), StringComparison.Ordinal);
        Assert.Contains("GET {**path}", Sent(Service), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_collector_the_context_passes_unchanged()
    {
        await using var upstream = await AppUpstream.StartAsync(Answer);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", upstream.Address);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = HttpTests.ClientOf(web);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("traceparent", $"00-{Trace}-{Parent}-01");

        using var answer = await client.SendAsync(request, Token);

        Assert.Equal($"00-{Trace}-{Parent}-01", _upstreamsParent);
    }

    [Fact]
    public async Task No_client_can_make_a_series_of_its_own()
    {
        await using var upstream = await AppUpstream.StartAsync(Answer);
        var configuration = new DaemonConfiguration().With("Metrics", """{ "PerConnectionTop": 0 }""");
        var web = configuration.Proxy("web", upstream.Address);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = HttpTests.ClientOf(web);
        await AskAsync(client, 0);
        await AskAsync(client, 1);
        int few = await CountSeriesAsync(daemon);

        for (int i = 2; i < 150; i++)
        {
            await AskAsync(client, i);
        }

        Assert.InRange(await CountSeriesAsync(daemon), few, few + 50); // the runtime itself begins to show some meanwhile
    }

    private static async Task AskAsync(HttpClient client, int i)
    {
        using var request = new HttpRequestMessage(new HttpMethod($"METHOD{i}"), $"/path{i}/{i}?q={i}");
        request.Headers.Host = $"host{i}.example.com";
        request.Headers.UserAgent.ParseAdd($"agent/{i}");
        using var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode);
    }

    private static async Task<int> CountSeriesAsync(DaemonProcess daemon) =>
        (await daemon.Admin.GetStringAsync("/metrics")).Split('\n').Count(line => line.Length > 0 && line[0] != '#');

    private string Sent(string path) => _received.GetValueOrDefault(path, "");

    private void Collect(WebApplication app) => app.MapPost("/{**path}", async context =>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        string text = Encoding.Latin1.GetString(body.ToArray()); // protocol buffers carry their strings as they are
        _received.AddOrUpdate(context.Request.Path, text, (_, before) => before + text);
        if (context.Request.ContentType is "application/grpc")
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[5]); // a message of no bytes, not compressed
            context.Response.AppendTrailer("grpc-status", "0");
        }
    });

    private void Answer(WebApplication app) => app.Map("/{**path}", context =>
    {
        _upstreamsParent = context.Request.Headers.TraceParent;
        return context.Response.WriteAsync("hello");
    });
}
