using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>What the operator reads after a mistake: where it is, what it is, and what was perhaps meant.</summary>
public sealed class ConfigurationErrorTests : DaemonTests
{
    private const string Clusters = """
        "ReverseProxy": { "Clusters": { "game": { "Destinations": { "one": { "Address": "tcp://127.0.0.1:1" } } } } }
        """;

    [Theory]
    [InlineData("""{ "Bind": "127.0.0.1:1", "Protocol": "tcp", "Cluster": "game", "MaxConections": 5 }""",
        "EdgeGate:Listeners:game:MaxConections", "did you mean", "MaxConnections")]
    [InlineData("""{ "Bind": "127.0.0.1:1", "Protocol": "tcp", "Cluster": "game", "MaxConnections": "many" }""",
        "EdgeGate:Listeners:game:MaxConnections", "many")]
    [InlineData("""{ "Bind": "127.0.0.1:1", "Protocol": "tcp", "Cluster": "game", "IdleTimeout": "soon" }""",
        "EdgeGate:Listeners:game:IdleTimeout", "soon")]
    [InlineData("""{ "Bind": "127.0.0.1:1", "Protocol": "tcp", "Cluster": "game", "WhenFull": "Queu" }""",
        "EdgeGate:Listeners:game:WhenFull", "Queu", "Reject")]
    [InlineData("""{ "Bind": "127.0.0.1:1", "Protocol": "tcpp", "Cluster": "game" }""",
        "EdgeGate:Listeners:game:Protocol", "tcpp", "did you mean")]
    [InlineData("""{ "Bind": "127.0.0.1:99999", "Protocol": "tcp", "Cluster": "game" }""",
        "EdgeGate:Listeners:game:Bind", "99999")]
    [InlineData("""{ "Protocol": "tcp", "Cluster": "game" }""", "EdgeGate:Listeners:game", "Bind is missing")]
    [InlineData("""{ "Bind": "127.0.0.1:1", "Protocol": "tcp", "Cluster": "gane" }""",
        "EdgeGate:Listeners:game:Cluster", "gane", "did you mean", "game")]
    [InlineData("""{ "Bind": "127.0.0.1:1", "Protocol": "https", "Tls": """
        + """{ "Certificates": [ { "CertificatePath": "/nowhere/a.pem", "KeyPath": "/nowhere/a.key" } ] } }""",
        "EdgeGate:Listeners:game:Tls:Certificates:0", "/nowhere/a.pem")]
    public async Task A_mistake_in_a_listener_is_named(string listener, params string[] said) =>
        await AssertRefusedAsync($$"""{ "EdgeGate": { "Listeners": { "game": {{listener}} } }, {{Clusters}} }""", said);

    [Fact]
    public async Task Several_mistakes_are_told_at_once() =>
        await AssertRefusedAsync(
            $$"""
            {
              "EdgeGate": {
                "Listners": {},
                "Listeners": { "game": { "Bind": "127.0.0.1:1", "Protocol": "tcp", "Cluster": "none", "Backlog": -4 } },
                "Limits": { "MemoryFraction": 7 },
              },
              {{Clusters}},
            }
            """,
            "EdgeGate:Listners", "EdgeGate:Listeners:game:Cluster", "EdgeGate:Listeners:game:Backlog", "EdgeGate:Limits:MemoryFraction");

    [Fact]
    public async Task A_mistake_in_YARPs_section_is_named() =>
        await AssertRefusedAsync(
            """
            { "EdgeGate": { "Listeners": { "web": { "Bind": "127.0.0.1:1", "Protocol": "http" } } },
              "ReverseProxy": { "Routes": { "all": { "ClusterId": "web", "Macth": { "Path": "{**all}" } } },
                                "Clusters": { "web": {} } } }
            """,
            "ReverseProxy:Routes:all:Macth", "Did you mean", "Match");

    [Fact]
    public async Task A_route_to_no_cluster_is_a_warning_as_YARP_serves_the_rest()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write(
            "edgegate.json",
            """
            { "EdgeGate": { "Listeners": { "web": { "Bind": "127.0.0.1:1", "Protocol": "http" } } },
              "ReverseProxy": { "Routes": { "all": { "ClusterId": "missing", "Match": { "Path": "{**all}" } } } } }
            """);

        var check = await DaemonProcess.RunAsync(Token, "check", "--config", file);

        check.AssertSuccess();
        Assert.Contains("ReverseProxy:Routes:all:ClusterId", check.Output, StringComparison.Ordinal);
        Assert.Contains("'missing'", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_syntax_error_is_named_with_its_line() =>
        await AssertRefusedAsync("{\n  \"EdgeGate\": {\n    \"Listeners\" {}\n  }\n}\n", "3");

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var result = await DaemonProcess.RunAsync(Token, "run", "--config", "/nowhere/edgegate.json");

        Assert.Equal(78, result.ExitCode);
        Assert.Contains("/nowhere/edgegate.json", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_malformed_tuning_line_is_named()
    {
        using var folder = new TemporaryFolder();
        string tuning = folder.Write("tuning.conf", "# fine\nnet.core.somaxconn 65535\n");
        await AssertRefusedAsync(
            folder,
            $$"""
            { "EdgeGate": { "Listeners": { "game": { "Bind": "127.0.0.1:1", "Protocol": "tcp", "Cluster": "game" } },
              "Kernel": { "TuningFile": "{{tuning}}" } }, {{Clusters}} }
            """,
            tuning + ":2:", "net.core.somaxconn 65535");
    }

    [Theory]
    [InlineData("chekc", "check")]
    [InlineData("statsu", "status")]
    public async Task An_unknown_command_is_wrong_usage(string command, string meant)
    {
        var result = await DaemonProcess.RunAsync(Token, command);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(command, result.Error, StringComparison.Ordinal);
        Assert.Contains(meant, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_option_is_wrong_usage() =>
        Assert.Equal(2, (await DaemonProcess.RunAsync(Token, "run", "--confg", "x")).ExitCode);

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public async Task An_address_in_use_fails_the_start_and_names_the_listener(string protocol)
    {
        await using var taken = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        configuration.Relay("game", taken.EndPoint);
        configuration.Listen("lobby", protocol, protocol == "tcp" ? "game" : null, at: taken.EndPoint);

        await AssertFailsAsync(configuration, "lobby", taken.EndPoint.ToString());
    }

    [Fact]
    public async Task An_admin_address_in_use_fails_the_start_and_is_named()
    {
        await using var taken = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration().With("Admin", $$"""{ "Bind": "{{taken.EndPoint}}" }""");
        configuration.Relay("game", taken.EndPoint);

        await AssertFailsAsync(configuration, "admin", taken.EndPoint.ToString());
    }

    private static async Task AssertFailsAsync(DaemonConfiguration configuration, params string[] said)
    {
        await using var daemon = DaemonProcess.Launch(configuration);
        Assert.Equal(1, await daemon.ExitAsync());
        Assert.All(said, text => Assert.Contains(text, daemon.Output, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("   at ", daemon.Output, StringComparison.Ordinal); // no stack trace for an everyday mistake
    }

    private async Task AssertRefusedAsync(string json, params string[] said)
    {
        using var folder = new TemporaryFolder();
        await AssertRefusedAsync(folder, json, said);
    }

    private async Task AssertRefusedAsync(TemporaryFolder folder, string json, params string[] said)
    {
        string file = folder.Write("edgegate.json", json);
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(Token);
        soon.CancelAfter(TimeSpan.FromSeconds(15)); // one that is not refused would serve for ever

        var run = await DaemonProcess.RunAsync(soon.Token, "run", "--config", file);
        var check = await DaemonProcess.RunAsync(Token, "check", "--config", file);

        Assert.Equal(78, run.ExitCode);
        Assert.Equal(78, check.ExitCode);
        foreach (string output in new[] { run.Error, check.Output + check.Error })
        {
            Assert.Contains(folder.Path + "/", output, StringComparison.Ordinal);
            Assert.All(said, text => Assert.Contains(text, output, StringComparison.OrdinalIgnoreCase));
        }
    }
}
