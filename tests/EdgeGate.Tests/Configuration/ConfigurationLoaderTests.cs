using EdgeGate.Configuration;

namespace EdgeGate.Tests.Configuration;

public sealed class ConfigurationLoaderTests
{
    [Fact]
    public async Task Defaults_suit_the_lane()
    {
        var config = await Loaded.GoodAsync(Loaded.Json());

        var web = config.Listeners.Single(l => l.Name == "web").Settings;
        var game = config.Listeners.Single(l => l.Name == "game").Settings;
        Assert.Equal(TimeSpan.FromSeconds(75), web.IdleTimeout);
        Assert.Equal(TimeSpan.FromSeconds(10), web.FirstByteTimeout);
        Assert.Equal(TimeSpan.FromHours(1), game.IdleTimeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, game.FirstByteTimeout);
        Assert.Equal(4096, web.Backlog);
        Assert.True(config.Admin.Bind.IsLoopback);
        Assert.Null(config.Limits.MaxConnections);
        Assert.Equal(KernelEnforcement.Warn, config.Kernel.Enforcement);
    }

    [Fact]
    public async Task Defaults_hold_for_all_and_a_listener_overrides_them()
    {
        var config = await Loaded.GoodAsync(Loaded.Json(
            """, "Backlog": 9, "Allow": [] """,
            """, "Defaults": { "Backlog": 7, "WhenFull": "Reject", "IdleTimeout": "Off", "Allow": ["10.0.0.0/8", "fd00::/8"] }"""));

        var web = config.Listeners.Single(l => l.Name == "web").Settings;
        var game = config.Listeners.Single(l => l.Name == "game").Settings;
        Assert.Equal((9, 7), (web.Backlog, game.Backlog));
        Assert.Equal(WhenFull.Reject, web.WhenFull);
        Assert.Equal(Timeout.InfiniteTimeSpan, web.IdleTimeout);
        Assert.Empty(web.Allow);
        Assert.Equal(["10.0.0.0/8", "fd00::/8"], game.Allow.Select(n => n.ToString()));
    }

    [Fact]
    public async Task The_http_client_is_the_own_one_unless_told_otherwise()
    {
        var silent = await Loaded.GoodAsync(Loaded.Json());
        var told = await Loaded.GoodAsync(Loaded.Json(section: """, "Transport": { "HttpClient": "sockets" }"""));
        var mistold = await Loaded.FromAsync(Loaded.Json(section: """, "Transport": { "HttpClient": "socket" }"""));

        Assert.Equal(HttpClientChoice.Own, silent.Transport.HttpClient);
        Assert.Equal(HttpClientChoice.Sockets, told.Transport.HttpClient);
        Assert.Equal(["EdgeGate:Transport:HttpClient"], mistold.Errors.Select(error => error.Path));
    }

    [Fact]
    public async Task A_long_list_keeps_its_order()
    {
        var networks = Enumerable.Range(0, 12).Select(i => $"10.{i}.0.0/16").ToList();

        var config = await Loaded.GoodAsync(Loaded.Json($", \"Allow\": [ {string.Join(',', networks.Select(n => $"\"{n}\""))} ]"));

        Assert.Equal(networks, config.Listeners.Single(l => l.Name == "web").Settings.Allow.Select(n => n.ToString()));
    }

    [Fact]
    public async Task Every_error_is_reported_at_once_in_the_order_of_the_file()
    {
        var loaded = await Loaded.FromAsync(Loaded.Json(
            """, "Bakclog": 1, "WhenFull": "Rejekt" """,
            """, "Limits": { "MaxConnections": "lots" }, "Admin": { "Bind": "here" }"""));

        Assert.Null(loaded.Config);
        Assert.Equal(
            [
                "EdgeGate:Listeners:web:Bakclog", "EdgeGate:Listeners:web:WhenFull",
                "EdgeGate:Limits:MaxConnections", "EdgeGate:Admin:Bind",
            ],
            loaded.Errors.Select(e => e.Path));
        Assert.All(loaded.Errors, e => Assert.Equal("test.json", e.Source));
        Assert.Equal([4, 4, 6, 6], loaded.Errors.Select(e => e.Line ?? 0));
        Assert.Contains("Did you mean 'Backlog'?", loaded.Errors[0].Message);
        Assert.Contains("Did you mean 'Reject'?", loaded.Errors[1].Message);
    }

    [Theory]
    [InlineData("{ \"EdgeGate\": {\n  \"Listeners\" 5 } }", 2, 15)]
    [InlineData("{\n\n", 3, 1)]
    [InlineData("[]", 1, 1)]
    [InlineData("", 1, 1)]
    public async Task A_syntax_error_names_its_line_and_column(string json, int line, int column)
    {
        var error = await Loaded.ErrorAsync(json);

        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"test.json:{line}:{column}: ", error.ToString());
        Assert.DoesNotContain("LineNumber", error.Message);
    }

    [Fact]
    public async Task Comments_trailing_commas_and_a_byte_order_mark_are_welcome() =>
        await Loaded.GoodAsync("\uFEFF// hello\n" + Loaded.Json("""/* there */,"""));

    [Fact]
    public async Task A_key_given_twice_names_both_lines()
    {
        var error = await Loaded.ErrorAsync("{\n\"EdgeGate\": {},\n\"EdgeGate\": {} }");

        Assert.Equal(3, error.Line);
        Assert.Contains("given twice, first on line 2", error.Message);
    }

    [Fact]
    public async Task Keys_that_differ_only_by_case_are_one_key()
    {
        var error = await Loaded.ErrorAsync("{\n\"EdgeGate\": { \"Admin\": {}, \"admin\": {} } }");

        Assert.Equal("EdgeGate:admin", error.Path);
        Assert.Contains("differ only by case", error.Message);
    }

    [Fact]
    public async Task The_environment_overrides_the_file()
    {
        var config = await Loaded.GoodAsync(
            Loaded.Json(), ("EdgeGate__Admin__Bind", "127.0.0.1:1234"), ("EDGEGATE__LIMITS__MAXCONNECTIONS", "77"), ("HOME", "/"));

        Assert.Equal(1234, config.Admin.Bind.Port);
        Assert.Equal(77, config.Limits.MaxConnections);
    }

    [Fact]
    public async Task An_error_in_the_environment_names_the_variable_not_the_file()
    {
        var loaded = await Loaded.FromAsync(Loaded.Json(), null, ("EdgeGate__Admin__Bind", "nowhere"));

        var error = Assert.Single(loaded.Errors);
        Assert.Equal("environment variable EdgeGate__Admin__Bind", error.Source);
        Assert.Equal("EdgeGate:Admin:Bind", error.Path);
    }

    [Fact]
    public async Task A_mistyped_section_is_an_error_and_a_foreign_one_a_warning()
    {
        var loaded = await Loaded.FromAsync("""{ "EdgGate": {}, "Kestrel": {}, "Logging": {}, "$schema": "x" }""");

        Assert.Contains(loaded.Errors, e => e.Path == "EdgGate" && e.Message.Contains("'EdgeGate'", StringComparison.Ordinal));
        Assert.Equal("Kestrel", Assert.Single(loaded.Warnings).Path);
    }

    [Fact]
    public async Task A_missing_file_is_told_and_not_thrown()
    {
        var loaded = await new ConfigurationLoader().LoadAsync("/nowhere/edgegate.json", TestContext.Current.CancellationToken);

        Assert.Equal("/nowhere/edgegate.json: there is no such file", Assert.Single(loaded.Errors).ToString());
    }

    [Fact]
    public async Task Paths_start_from_the_configurations_folder()
    {
        var folder = Directory.CreateTempSubdirectory("edgegate-config-").FullName;
        try
        {
            var token = TestContext.Current.CancellationToken;
            await File.WriteAllTextAsync(Path.Combine(folder, "my.conf"), "net.core.somaxconn = 9\n", token);
            var file = Path.Combine(folder, "edgegate.json");
            await File.WriteAllTextAsync(file, Loaded.Json(section: """, "Kernel": { "TuningFile": "my.conf" }"""), token);

            var loaded = await new ConfigurationLoader(new Dictionary<string, string>()).LoadAsync(file, token);

            Assert.Empty(loaded.Errors);
            Assert.Equal(Path.Combine(folder, "my.conf"), loaded.Config!.Kernel.TuningFile);
            Assert.Equal("9", Assert.Single(loaded.Tuning!.Entries).Value);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("config/edgegate.json")]
    [InlineData("config/examples/edge.json")]
    [InlineData("config/examples/tcp.json")]
    [InlineData("config/examples/tls-passthrough.json")]
    [InlineData("config/examples/udp.json")]
    [InlineData("config/examples/websocket.json")]
    public async Task What_ships_is_good(string file)
    {
        var loaded = await new ConfigurationLoader(new Dictionary<string, string>())
            .LoadAsync(Path.Combine(Repository(), file), TestContext.Current.CancellationToken);

        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EdgeGate.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("EdgeGate.sln is not above the tests.");
        }

        return folder;
    }
}
