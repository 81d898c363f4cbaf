using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>The lines that the real daemon writes.</summary>
public sealed class AccessLogTests : DaemonTests, IAsyncLifetime
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private readonly TemporaryFolder _folder = new();
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private AppUpstream _app = null!;

    private string LogFile => Path.Combine(_folder.Path, "access.log");

    public async ValueTask InitializeAsync() => _app = await AppUpstream.StartAsync(Map);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _echo.DisposeAsync();
        _folder.Dispose();
        Dispose();
    }

    [Fact]
    public async Task On_standard_output_in_a_file_neither_log_writes_over_the_other()
    {
        var (configuration, web, _) = Configure("Json");
        configuration.With("AccessLog", """{ "Output": "stdout" }""");
        await using var daemon = DaemonProcess.LaunchThrough(["sh", "-c", $"exec \"$@\" > {LogFile}", "sh"], configuration);
        await Until.TrueAsync(daemon.IsReadyAsync, TimeSpan.FromSeconds(30), "the daemon to become ready");
        using var client = HttpTests.ClientOf(web);
        for (int i = 0; i < 3; i++)
        {
            using var answer = await client.GetAsync("/", Token);
        }

        await daemon.SignalAsync("TERM");
        Assert.Equal(0, await daemon.ExitAsync());
        string[] lines = File.ReadAllLines(LogFile);
        Assert.Equal(3, lines.Count(line => line.StartsWith("{\"time\":", StringComparison.Ordinal) && JsonNode.Parse(line) is not null));
        foreach (string said in (string[])["Serving: ", "Draining ", "Drained; "])
        {
            Assert.Single(lines, line => line.Contains(said, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_request_has_a_line_with_its_way_its_bytes_and_its_phases()
    {
        var (configuration, web, _) = Configure("Json");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = HttpTests.ClientOf(web);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/slow?token=secret") { Content = new ByteArrayContent(new byte[1234]) };
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
        request.Headers.Add("Authorization", "Bearer secret");
        using var answer = await client.SendAsync(request, Token);
        Assert.Equal(5000, (await answer.Content.ReadAsByteArrayAsync(Token)).Length);

        var line = JsonNode.Parse(Assert.Single(await LinesAsync(1)))!;

        Assert.Equal(
            ("request", "web", "POST", "/slow", "[redacted]", 200),
            ((string?)line["kind"], (string?)line["listener"], (string?)line["method"], (string?)line["path"], (string?)line["query"], (int)line["status"]!));
        Assert.Equal((1234, 5000), ((int)line["bytesIn"]!, (int)line["bytesOut"]!));
        Assert.Equal(
            ("web", "web", "d0", _app.Address.ToString()),
            ((string?)line["route"], (string?)line["cluster"], (string?)line["destination"], (string?)line["upstream"]));
        Assert.Equal(Trace, (string?)line["trace"]);
        Assert.StartsWith("127.0.0.1:", (string?)line["client"], StringComparison.Ordinal);
        double phases = new[] { "routing", "firstByte", "transfer" }.Sum(phase => (double)line[phase]!);
        Assert.InRange((double)line["firstByte"]!, 0.1, 30); // the upstream's own delay
        Assert.InRange((double)line["duration"]!, phases - 0.001, phases + 0.001);
        Assert.DoesNotContain("secret", File.ReadAllText(LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_fails_says_how_and_one_without_a_route_says_none()
    {
        var (configuration, web, _) = Configure("Json");
        configuration.Cluster("dead", $"http://127.0.0.1:{Ports.Free()}/");
        configuration.Route("dead", "/dead", "dead");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = HttpTests.ClientOf(web);
        using var failed = await client.GetAsync("/dead", Token);
        Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);

        var line = JsonNode.Parse(Assert.Single(await LinesAsync(1)))!;

        Assert.Equal((502, "Request", "dead"), ((int)line["status"]!, (string?)line["error"], (string?)line["cluster"]));
        await daemon.MetricAsync(
            "edgegate_upstream_request_failures_total", 1, ("cluster", "dead"), ("destination", "d0"), ("error", "Request"));
    }

    [Fact]
    public async Task A_relay_has_a_line_at_its_end_in_text_too()
    {
        var (configuration, _, relay) = Configure("Text");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using (Socket client = await relay.ConnectAsync())
        {
            await client.SendAllAsync(new byte[321]);
            await client.ReceiveExactlyAsync(new byte[321]);
        }

        string line = Assert.Single(await LinesAsync(1));

        Assert.Matches(
            "^time=[0-9T:.-]+Z kind=connection id=[0-9]+ listener=relay protocol=tcp client=127.0.0.1:[0-9]+ cluster=relay "
            + $"upstream={_echo.EndPoint} bytesIn=321 bytesOut=321 upstreamBytesIn=321 upstreamBytesOut=321 "
            + @"duration=[0-9.]+ rtt=[0-9.]+ retransmits=0 reason=client$",
            line);
    }

    [Fact]
    public async Task What_a_client_sends_cannot_begin_a_line_or_a_pair()
    {
        var (configuration, web, _) = Configure("Text", """ "Query": "Full" """);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = await RawConnection.ConnectAsync(IPEndPoint.Parse(web.Authority), Token);
        await client.SendAsync("GET /a%0Atime=now%20status=200?x=%0D%0A HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        await client.ReadToEndAsync();

        string line = Assert.Single(await LinesAsync(1));

        Assert.Contains("path=\"/a\\ntime=now status=200\"", line, StringComparison.Ordinal);
        Assert.Contains("query=\"?x=%0D%0A\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_opens_a_rotated_file_again_and_takes_other_settings()
    {
        var (configuration, web, _) = Configure("Json");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = HttpTests.ClientOf(web);
        await client.GetStringAsync("/", Token);
        await LinesAsync(1);
        File.Move(LogFile, LogFile + ".1");

        await daemon.WriteConfigurationAsync(configuration.With("AccessLog", Section("Text")).ToString());
        await daemon.SignalAsync("HUP");
        await daemon.SaysAsync("reloaded");
        await client.GetStringAsync("/", Token);

        Assert.StartsWith("time=", Assert.Single(await LinesAsync(1)), StringComparison.Ordinal);
        Assert.StartsWith("{", Assert.Single(await File.ReadAllLinesAsync(LogFile + ".1", Token)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_that_nobody_reads_costs_lines_and_no_traffic()
    {
        (await Tool.RunAsync("mkfifo", [LogFile], Token)).AssertSuccess();
        var (configuration, _, relay) = Configure("Json");
        using var reader = new FileStream(LogFile, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite); // opened, and never read
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        // A pipe holds 64 KiB and the queue 8192 lines: of these connections some must be dropped.
        for (int i = 0; i < 100; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            {
                using Socket client = await relay.ConnectAsync();
                await client.SendAllAsync(new byte[1]);
                await client.ReceiveExactlyAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(10));
            }));
        }

        await daemon.MetricAsync("edgegate_connections_closed_total", 10_000);
        var metrics = await daemon.MetricsAsync();
        Assert.InRange(metrics.Sum("edgegate_log_lines_dropped_total"), 1, 10_000 - 8192);
        await daemon.SignalAsync("TERM");
        Assert.Equal(0, await daemon.ExitAsync());
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/{**path}", context => context.Response.WriteAsync("hello"));
        app.MapPost("/slow", async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await Task.Delay(150);
            await context.Response.Body.WriteAsync(new byte[5000]);
        });
    }

    private string Section(string format, string more = "") =>
        $$"""{ "Output": "{{LogFile}}", "Format": "{{format}}" {{(more.Length > 0 ? "," + more : "")}} }""";

    private (DaemonConfiguration Configuration, Uri Web, IPEndPoint Relay) Configure(string format, string more = "")
    {
        var configuration = new DaemonConfiguration().With("AccessLog", Section(format, more));
        return (configuration, configuration.Proxy("web", _app.Address), configuration.Relay("relay", _echo.EndPoint));
    }

    /// <summary>Waits until the file has so many lines.</summary>
    private async Task<string[]> LinesAsync(int count)
    {
        string[] lines = [];
        await Until.TrueAsync(() =>
        {
            lines = File.Exists(LogFile) ? File.ReadAllLines(LogFile) : [];
            return lines.Length >= count;
        });
        return lines;
    }
}
