using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Admin;

/// <summary>The commands that talk to a running daemon.</summary>
public sealed class AdminCommandTests : DaemonTests, IAsyncLifetime
{
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly DaemonConfiguration _configuration = new();
    private DaemonProcess _daemon = null!;
    private IPEndPoint _relay = null!;

    public async ValueTask InitializeAsync()
    {
        _relay = _configuration.Relay("relay", _echo.EndPoint);
        _daemon = await DaemonProcess.StartAsync(_configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await _echo.DisposeAsync();
        Dispose();
    }

    [Fact]
    public async Task Connections_are_listed_as_a_table_and_as_json()
    {
        Assert.Contains("no connections", (await RunAsync("connections")).Output, StringComparison.Ordinal);
        using var small = await ConnectAsync(10);
        using var large = await ConnectAsync(2000);

        string[] table = (await RunAsync("connections", "list", "--sort", "bytesIn")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var json = JsonNode.Parse((await RunAsync("connections", "--sort", "bytesIn", "--limit", "1", "--format", "json")).Output)!.AsArray();

        Assert.StartsWith("ID", table[0].TrimStart(), StringComparison.Ordinal);
        Assert.Equal(3, table.Length);
        Assert.Contains(large.LocalEndPoint!.ToString()!, table[1], StringComparison.Ordinal);
        Assert.Contains("2.0 KiB", table[1], StringComparison.Ordinal);
        Assert.Contains(small.LocalEndPoint!.ToString()!, table[2], StringComparison.Ordinal);
        Assert.Equal(2000, (int)Assert.Single(json)!["bytesIn"]!);
        Assert.Contains("no connections", (await RunAsync("connections", "--listener", "other")).Output, StringComparison.Ordinal);
        string port = $":{((IPEndPoint)small.LocalEndPoint).Port}";
        Assert.Equal(2, (await RunAsync("connections", "--find", port)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_connection_is_killed_once()
    {
        using var victim = await ConnectAsync(1);
        string id = Assert.Single(await _daemon.ConnectionsAsync())!["id"]!.ToString();

        Assert.Contains($"connection {id} was reset", (await RunAsync("connections", "kill", id)).Output, StringComparison.Ordinal);

        await Assert.ThrowsAsync<SocketException>(() => victim.ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(5)));
        var again = await DaemonProcess.RunAsync(Token, "connections", "kill", id, "--admin", Address);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains($"there is no connection {id}", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_says_what_has_changed()
    {
        _configuration.Listen("second", "tcp", "relay");
        _configuration.Listen("relay", "tcp", "relay", """{ "Backlog": 99 }""", _relay);
        _configuration.With("Metrics", """{ "PerConnectionTop": 7 }""");
        await _daemon.WriteConfigurationAsync(_configuration.ToString());

        string said = (await RunAsync("reload")).Output;

        Assert.Contains("reloaded", said, StringComparison.Ordinal);
        Assert.Contains("listeners added: second", said, StringComparison.Ordinal);
        Assert.Contains("listeners changed: relay", said, StringComparison.Ordinal);
        Assert.Contains("EdgeGate:Metrics has changed, and takes effect at the next start", said, StringComparison.Ordinal);
        await _daemon.MetricAsync("edgegate_config_reloads_total", 1, ("result", "success"));
        await _daemon.MetricAsync("edgegate_config_last_reload_success", 1);
        Assert.Contains("no listener, route or cluster has changed", (await RunAsync("reload")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_that_is_refused_says_all_that_is_wrong()
    {
        await _daemon.MetricAsync("edgegate_config_reloads_total", 0, ("result", "failed"));
        _configuration.Listen("second", "tcp", "relai", """{ "Backlg": 3 }""");
        await _daemon.WriteConfigurationAsync(_configuration.ToString());

        var refused = await DaemonProcess.RunAsync(Token, "reload", "--admin", Address);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("EdgeGate:Listeners:second:Backlg", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'relay'?", refused.Error, StringComparison.OrdinalIgnoreCase);
        using var answer = await _daemon.Admin.PostAsync("/reload", null, Token);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!;
        Assert.Equal(2, problem["errors"]!.AsArray().Count);
        await _daemon.MetricAsync("edgegate_config_reloads_total", 2, ("result", "failed"));
        await _daemon.MetricAsync("edgegate_config_last_reload_success", 0);
        using var client = await ConnectAsync(1);
        Assert.Contains("the last reload was refused", (await RunAsync("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reloads_that_are_asked_for_at_once_are_all_answered()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _daemon.Admin.PostAsync("/reload", null, Token)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        await _daemon.MetricAsync("edgegate_config_reloads_total", 5, ("result", "success"));
    }

    [Fact]
    public async Task An_address_that_cannot_be_bound_is_in_the_answer()
    {
        await using var taken = TcpUpstream.Echo();
        _configuration.Listen("second", "tcp", "relay", at: taken.EndPoint);
        await _daemon.WriteConfigurationAsync(_configuration.ToString());

        var refused = await DaemonProcess.RunAsync(Token, "reload", "--admin", Address);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("listener second: cannot bind", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_tells_the_state_at_a_glance()
    {
        using var client = await ConnectAsync(3000);

        string said = (await RunAsync("status")).Output;

        Assert.StartsWith("ready: EdgeGate ", said, StringComparison.Ordinal);
        Assert.Contains("connections    1 of ", said, StringComparison.Ordinal);
        Assert.Contains("bound by", said, StringComparison.Ordinal);
        string relay = said.Split('\n').Single(line => line.StartsWith("relay ", StringComparison.Ordinal));
        Assert.Contains(_relay.ToString(), relay, StringComparison.Ordinal);
        Assert.Contains("2.9 KiB", relay, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drain_says_what_it_waits_for_and_answers_while_it_waits()
    {
        using var client = await ConnectAsync(1);

        Assert.Contains("1 connection may go on for 30s", (await RunAsync("drain")).Output, StringComparison.Ordinal);

        await Until.TrueAsync(async () => !(await _daemon.Admin.GetAsync("/readyz", Token)).IsSuccessStatusCode);
        var status = await DaemonProcess.RunAsync(Token, "status", "--admin", Address);
        Assert.Equal(1, status.ExitCode);
        Assert.StartsWith("draining: ", status.Output, StringComparison.Ordinal);
        var reload = await DaemonProcess.RunAsync(Token, "reload", "--admin", Address);
        Assert.Equal(1, reload.ExitCode);
        Assert.Contains("is draining", reload.Error, StringComparison.Ordinal);
        client.Dispose();
        Assert.Equal(0, await _daemon.ExitAsync());
    }

    private string Address => $"http://127.0.0.1:{_configuration.AdminPort}";

    private async Task<ToolResult> RunAsync(params string[] arguments)
    {
        var result = await DaemonProcess.RunAsync(Token, [.. arguments, "--admin", Address]);
        result.AssertSuccess();
        return result;
    }

    private async Task<Socket> ConnectAsync(int bytes)
    {
        var client = await _relay.ConnectAsync();
        byte[] sent = new byte[bytes];
        await client.SendAllAsync(sent);
        await client.ReceiveExactlyAsync(sent).WaitAsync(TimeSpan.FromSeconds(5));
        return client;
    }
}
