using System.Net;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Admin;

/// <summary>An admin address that asks for a token, and one that everybody reaches without.</summary>
public sealed class AdminTokenTests : DaemonTests
{
    private const string Secret = "correct-horse-battery-staple";

    [Fact]
    public async Task Only_the_token_opens_what_can_be_learnt_or_done()
    {
        await using var echo = TcpUpstream.Echo();
        var configuration = Configuration(echo, "127.0.0.1:0");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        (HttpMethod, string)[] closed =
        [
            (HttpMethod.Get, "/status"), (HttpMethod.Get, "/connections"), (HttpMethod.Get, "/limits"), (HttpMethod.Get, "/clusters"),
            (HttpMethod.Get, "/config"), (HttpMethod.Get, "/metrics"), (HttpMethod.Head, "/metrics"), (HttpMethod.Delete, "/connections/1"),
            (HttpMethod.Post, "/reload"), (HttpMethod.Post, "/drain"), (HttpMethod.Get, "/nowhere"),
        ];
        foreach (var (method, path) in closed)
        {
            foreach (string? wrong in new[] { null, "Bearer " + Secret[..^1], "Bearer " + Secret + "x", "Basic " + Secret, "Bearer" })
            {
                using var answer = await AskAsync(daemon, method, path, wrong);
                Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path} with {wrong}: {answer.StatusCode}");
                Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
            }
        }

        foreach (string open in new[] { "/healthz", "/readyz" })
        {
            Assert.Equal(HttpStatusCode.OK, (await daemon.Admin.GetAsync(open, Token)).StatusCode);
        }

        using var config = await AskAsync(daemon, HttpMethod.Get, "/config", "Bearer " + Secret);
        Assert.Equal(HttpStatusCode.OK, config.StatusCode);
        Assert.DoesNotContain(Secret, await config.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var metrics = await AskAsync(daemon, HttpMethod.Get, "/metrics", "bearer " + Secret);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        using var drain = await AskAsync(daemon, HttpMethod.Post, "/drain", "Bearer " + Secret);
        Assert.Equal(HttpStatusCode.Accepted, drain.StatusCode);
    }

    [Fact]
    public async Task A_command_bears_the_token_or_says_where_to_get_it()
    {
        await using var echo = TcpUpstream.Echo();
        var configuration = Configuration(echo, "127.0.0.1:0");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var folder = new TemporaryFolder();
        string file = folder.Write("edgegate.json", configuration.ToString());
        string address = $"http://127.0.0.1:{configuration.AdminPort}";

        (await DaemonProcess.RunAsync(Token, "status", "--config", file)).AssertSuccess();
        (await DaemonProcess.RunAsync(Token, "status", "--admin", address, "--token", Secret)).AssertSuccess();
        var without = await DaemonProcess.RunAsync(Token, "status", "--admin", address);
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("asks for a token", without.Error, StringComparison.Ordinal);
        Assert.Contains("EDGEGATE_TOKEN", without.Error, StringComparison.Ordinal);
        var wrong = await DaemonProcess.RunAsync(Token, "drain", "--admin", address, "--token", "wrong");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("does not take this token", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_the_network_reaches_warns_unless_it_asks_for_a_token()
    {
        await using var echo = TcpUpstream.Echo();
        await using (var open = await DaemonProcess.StartAsync(Configuration(echo, "0.0.0.0:0", token: false)))
        {
            await open.SaysAsync("IS OPEN TO THE NETWORK");
            Assert.Contains("admin-exposed", open.Output, StringComparison.Ordinal);
        }

        await using var guarded = await DaemonProcess.StartAsync(Configuration(echo, "0.0.0.0:0"));
        await guarded.SaysAsync("Serving");
        Assert.DoesNotContain("OPEN TO THE NETWORK", guarded.Output, StringComparison.Ordinal);
    }

    private static DaemonConfiguration Configuration(TcpUpstream echo, string bind, bool token = true)
    {
        var configuration = new DaemonConfiguration();
        configuration.Relay("relay", echo.EndPoint);
        string more = token ? $", \"Token\": \"{Secret}\"" : "";
        return configuration.With(
            "Admin", $$"""{ "Bind": "{{bind.Replace(":0", $":{configuration.AdminPort}", StringComparison.Ordinal)}}"{{more}} }""");
    }

    private async Task<HttpResponseMessage> AskAsync(DaemonProcess daemon, HttpMethod method, string path, string? authorization)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await daemon.Admin.SendAsync(request, Token);
    }
}
