using System.Net;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Tls;

/// <summary>What testssl.sh finds wrong with an https listener as it is by default.</summary>
public sealed class TestSslTests : DaemonTests
{
    // Protocols, preferences and all vulnerabilities: three quarters of a minute of processor time. The cipher suites one by
    // one (-s, -f) and the certificate's own properties (-S) take as long again, and find what is tested elsewhere or is the
    // test authority's; a run with them found nothing more.
    private static readonly string[] Sections = ["--protocols", "--server-preference", "--vulnerable"];

    private static readonly string[] Grave = ["MEDIUM", "HIGH", "CRITICAL", "FATAL"];

    [Fact]
    public async Task Testssl_finds_nothing_of_medium_severity_or_worse()
    {
        string testssl = await Tool.RequireAsync("testssl", Token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5)); // it is a shell script, and others may want the machine as well
        using var authority = await TestAuthority.CreateAsync(limit.Token);
        await authority.SignAsync("edge", "edge.test");
        using var upstream = RawUpstream.Answering("served", limit.Token);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("app", upstream.Address.ToString());
        configuration.Route("all", "{**path}", "app");
        IPEndPoint edge = configuration.Listen("secure", "https", more: $$"""
            { "Tls": { "Certificates": [
                { "CertificatePath": "{{authority.PathOf("edge.pem")}}", "KeyPath": "{{authority.PathOf("edge.key")}}" } ] } }
            """);
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        string report = authority.PathOf("report.json");
        ToolResult run = await Tool.RunAsync(testssl,
        [
            "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--fast", "--ip", "127.0.0.1",
            "--add-ca", authority.CaPath, "--jsonfile", report, .. Sections, $"edge.test:{edge.Port}",
        ], limit.Token);

        JsonNode[] findings = [.. JsonNode.Parse(await File.ReadAllTextAsync(report, limit.Token))!.AsArray().OfType<JsonNode>()];
        Assert.Contains(findings, finding => IsOf(finding, "TLS1_3", "OK"));
        Assert.Contains(findings, finding => IsOf(finding, "ROBOT", "OK"));
        Assert.All(findings, finding => Assert.False(
            Grave.Contains((string?)finding["severity"]), $"{finding["severity"]} {finding["id"]}: {finding["finding"]}\n{run.Output}"));
    }

    private static bool IsOf(JsonNode finding, string id, string severity) =>
        (string?)finding["id"] == id && (string?)finding["severity"] == severity;
}
