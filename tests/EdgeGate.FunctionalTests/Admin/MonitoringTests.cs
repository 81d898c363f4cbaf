using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Admin;

/// <summary>What is shipped for Prometheus and Grafana, held against a real Prometheus and a real daemon.</summary>
public sealed partial class MonitoringTests : DaemonTests
{
    private static readonly string Deploy = Path.Combine(AppContext.BaseDirectory, "deploy");

    [Theory]
    [InlineData("check", "rules", "edgegate.rules.yml")]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("test", "rules", "edgegate.rules.test.yml")]
    public async Task Promtool_accepts_the_rules_and_their_tests(string verb, string kind, string file)
    {
        string promtool = await Tool.RequireAsync("promtool", Token);

        var result = await Tool.RunAsync(promtool, [verb, kind, Path.Combine(Deploy, "prometheus", file)], Token);

        result.AssertSuccess();
        Assert.DoesNotContain("FAILED", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_alert_is_shown_firing_and_not_firing()
    {
        string[] alerts = [.. Alert().Matches(await File.ReadAllTextAsync(PrometheusServer.Rules, Token)).Select(match => match.Groups[1].Value)];
        string tests = await File.ReadAllTextAsync(Path.Combine(Deploy, "prometheus", "edgegate.rules.test.yml"), Token);

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert =>
        {
            Assert.Contains($"\"{alert} fires: ", tests, StringComparison.Ordinal);
            Assert.Contains($"\"{alert} does not fire: ", tests, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Prometheus_scrapes_the_daemon_and_finds_what_the_rules_and_the_dashboard_ask_for()
    {
        await using var echo = TcpUpstream.Echo();
        using var certificate = new TestCertificate(["edge.test"]);
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", echo.EndPoint);
        configuration.Listen("secure", "https", more: $$"""
            { "Tls": { "Certificates": [
                { "CertificatePath": "{{certificate.Files.CertificatePath}}", "KeyPath": "{{certificate.KeyPath}}" } ] } }
            """);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var load = new CancellationTokenSource();
        Task<int>[] clients = [.. Enumerable.Range(0, 4).Select(_ => KeepAskingAsync(relay, load.Token))];
        await using var prometheus = await PrometheusServer.StartAsync(configuration.AdminPort, Token);
        await prometheus.IsAboveAsync("sum(rate(edgegate_connections_accepted_total[10s]))", 0);
        await prometheus.IsAboveAsync("edgegate:limit_use:ratio{resource=\"connections\"}", 0);
        await load.CancelAsync();
        Assert.All(await Task.WhenAll(clients), asked => Assert.InRange(asked, 1, int.MaxValue));

        await prometheus.IsAboveAsync("count(edgegate_connection_rtt_seconds_bucket)", 0);
        var known = await prometheus.NamesAsync();
        Assert.Empty(Metrics(await File.ReadAllTextAsync(PrometheusServer.Rules, Token)).Except(known));
        Assert.Empty(Metrics(await File.ReadAllTextAsync(Path.Combine(Deploy, "grafana", "edgegate.json"), Token)).Except(known));
        double firing = await prometheus.ValueAsync(
            "count(ALERTS{alertstate=\"firing\", alertname!~\"EdgeGate(Listen|Tcp).*\"}) or vector(0)");
        Assert.True(firing == 0, "an alert fires on a daemon that is well; what the kernel counts, others may have caused");
    }

    [Fact]
    public async Task The_dashboards_panels_have_queries_titles_and_places_of_their_own()
    {
        var dashboard = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Deploy, "grafana", "edgegate.json"), Token))!;
        JsonNode[] panels = [.. dashboard["panels"]!.AsArray().Select(panel => panel!)];

        Assert.Equal(panels.Length, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
        Assert.Equal(panels.Length, panels.Select(panel => $"{panel["gridPos"]!["x"]},{panel["gridPos"]!["y"]}").Distinct().Count());
        Assert.All(panels, panel => Assert.NotEmpty((string)panel["title"]!));
        Assert.All(
            panels.Where(panel => (string?)panel["type"] != "row").SelectMany(panel => panel["targets"]!.AsArray()),
            target => Assert.Contains("edgegate_", (string)target!["expr"]!, StringComparison.Ordinal));
    }

    // Names of Prometheus' own kind, less those that a rule records (with colons) and what JSON and YAML say besides.
    private static IEnumerable<string> Metrics(string text) => MetricName().Matches(text).Select(match => match.Value).Distinct();

    private static async Task<int> KeepAskingAsync(IPEndPoint relay, CancellationToken done)
    {
        int asked = 0;
        byte[] one = [1];
        while (!done.IsCancellationRequested)
        {
            using Socket client = await relay.ConnectAsync();
            await client.SendAllAsync(one);
            await client.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
            asked++;
            await Task.Delay(5, CancellationToken.None); // a load, and not a flood
        }

        return asked;
    }

    [GeneratedRegex("- alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("\\bedgegate_[a-z0-9_]+(?![a-z0-9_:.])")]
    private static partial Regex MetricName();
}
