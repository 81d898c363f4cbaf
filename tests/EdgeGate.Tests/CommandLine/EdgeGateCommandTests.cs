using System.Text.Json;
using EdgeGate.CommandLine;
using EdgeGate.Configuration;
using EdgeGate.Native.Kernel;
using EdgeGate.Tests.Configuration;
using EdgeGate.Tests.Kernel;

namespace EdgeGate.Tests.CommandLine;

public sealed class EdgeGateCommandTests : IDisposable
{
    private readonly RecordedMachine _machine = new(Recordings.Server, Recordings.CgroupTwo);
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("chekc", "there is no command 'chekc'. Did you mean 'check'?")]
    [InlineData("check --confg x", "there is no option '--confg'. Did you mean '--config'?")]
    [InlineData("check --confg=x", "there is no option '--confg'. Did you mean '--config'?")]
    [InlineData("check --format tabel", "Did you mean 'table'?")]
    [InlineData("check more", "there is no argument 'more'.")]
    [InlineData("check --config", "--config")]
    [InlineData("tune", "--connections")]
    [InlineData("tune --connections many", "'many' is not a number of connections such as 100000")]
    [InlineData("tune --connections 10 --profile densty", "Did you mean 'density'?")]
    [InlineData("status --admin here", "'here' is not a URL")]
    [InlineData("connections kil 5", "Did you mean 'kill'?")]
    [InlineData("connections kill five", "'five' is not the id of a connection")]
    [InlineData("connections kill", "'edgegate connections kill --help'")]
    [InlineData("connections --sort ttl", "is nothing to sort by")]
    [InlineData("connections list --sort rrt", "Did you mean 'rtt'?")]
    [InlineData("connections --limit few", "'few' is not a number of connections")]
    [InlineData("reload --amdin x", "Did you mean '--admin'?")]
    [InlineData("", "name a command: run, demo, check, tune, status, top, connections, reload, drain, completion")]
    [InlineData("completion tcsh", "'bash'")]
    public async Task A_wrong_command_line_is_answered_with_what_was_meant(string arguments, string answer)
    {
        Assert.Equal(2, await RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains(answer, _error.ToString());
        Assert.Contains("--help'", _error.ToString());
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Help_names_every_command()
    {
        Assert.Equal(0, await RunAsync("--help"));
        Assert.All(["run", "demo", "check", "tune", "status", "top", "connections", "reload", "drain", "completion"], name => Assert.Contains($"  {name} ", _output.ToString()));
    }

    [Fact]
    public async Task Check_gives_the_plan_at_a_glance()
    {
        Assert.Equal(0, await RunAsync("check", "--config", Write(Loaded.Json())));

        var text = _output.ToString();
        Assert.Contains("connections, bound by memory (memory.max)", text);
        Assert.Contains("127.0.0.1:8080", text);
        Assert.Contains("waits in the accept queue (4,096)", text);
        Assert.Contains("[syn-backlog]", text);
        Assert.DoesNotContain("\u001b", text);
    }

    [Fact]
    public async Task Check_fails_on_an_error_level_finding()
    {
        var config = Write(Loaded.Json(section: """, "Limits": { "MaxConnections": 5000000 }"""));

        Assert.Equal(1, await RunAsync("check", "--config", config));
        Assert.Contains("[max-connections]", _output.ToString());
    }

    [Fact]
    public async Task Check_of_a_bad_configuration_says_everything_and_plans_nothing()
    {
        var config = Write(Loaded.Json(""", "Backlg": 1, "Allow": ["x"]"""));

        Assert.Equal(78, await RunAsync("check", "--config", config));
        var text = _output.ToString();
        Assert.Contains($"{config}:4:", text);
        Assert.Contains("2 errors", text);
        Assert.DoesNotContain("Capacity", text);
    }

    [Fact]
    public async Task Check_takes_a_tuning_file_and_refuses_a_bad_one()
    {
        var config = Write(Loaded.Json());

        Assert.Equal(0, await RunAsync("check", "--config", config, "--tuning", Write("net.core.somaxconn = 65535\n")));
        Assert.Contains("[tuning:net.core.somaxconn]", _output.ToString());

        var bad = Write("net.core.somaxconn\n");
        Assert.Equal(78, await RunAsync("check", "--config", config, "--tuning", bad));
        Assert.Contains($"{bad}:1:", _output.ToString());
        Assert.Equal(78, await RunAsync("check", "--config", config, "--tuning", "/nowhere/x.conf"));
        Assert.Contains("/nowhere/x.conf: there is no such file", _output.ToString());
    }

    [Fact]
    public async Task Check_speaks_json_to_programs()
    {
        Assert.Equal(0, await RunAsync("check", "--config", Write(Loaded.Json()), "--format", "json"));

        var root = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal(0, root.GetProperty("exitCode").GetInt32());
        Assert.Equal("memory.max", root.GetProperty("capacity").GetProperty("binding").GetString());
        Assert.InRange(root.GetProperty("capacity").GetProperty("maxConnections").GetInt64(), 12_000, 14_000);
        Assert.Contains(root.GetProperty("findings").EnumerateArray(), f => f.GetProperty("id").GetString() == "syn-backlog");
    }

    [Fact]
    public async Task Check_without_a_configuration_checks_the_machine_and_says_so()
    {
        if (File.Exists(DefaultConfiguration.File))
        {
            Assert.Skip("This machine has a configuration of its own.");
        }

        Assert.Equal(0, await RunAsync("check"));
        Assert.Contains("embedded default", _output.ToString());
        Assert.Contains("kernel-tuning.conf:", _output.ToString());
    }

    [Fact]
    public async Task Colour_is_for_terminals()
    {
        var terminal = new Terminal(_output, _error, hasColour: true);

        await EdgeGateCommand.RunAsync(["check", "--config", Write(Loaded.Json())], CommandHandlers.None, terminal, new KernelFactsReader(_machine.Root));

        Assert.Contains("\u001b[", _output.ToString());
    }

    [Fact]
    public async Task Run_hands_over_a_good_configuration_and_the_exit_code_back()
    {
        LoadedConfiguration? handed = null;
        var handlers = CommandHandlers.None with
        {
            Run = (loaded, _, _) =>
            {
                handed = loaded;
                return Task.FromResult(9);
            },
        };

        Assert.Equal(9, await RunAsync(handlers, "run", "--config", Write(Loaded.Json())));
        Assert.Equal(2, handed!.Config!.Listeners.Length);
    }

    [Fact]
    public async Task Run_refuses_a_bad_configuration_before_the_daemon_sees_it()
    {
        var handlers = CommandHandlers.None with { Run = (_, _, _) => throw new InvalidOperationException("must not run") };

        Assert.Equal(78, await RunAsync(handlers, "run", "--config", Write(Loaded.Json(""", "Backlg": 1"""))));
        Assert.Contains("Did you mean 'Backlog'?", _error.ToString());
    }

    [Fact]
    public async Task Demo_reaches_its_handler() =>
        Assert.Equal(7, await RunAsync(CommandHandlers.None with { Demo = _ => Task.FromResult(7) }, "demo"));

    [Theory]
    [InlineData("status")]
    [InlineData("connections")]
    [InlineData("connections list")]
    [InlineData("connections kill 1")]
    [InlineData("reload")]
    [InlineData("drain")]
    [InlineData("top")]
    public async Task Where_no_daemon_answers_the_command_says_what_to_do(string command)
    {
        // Port 1 is tcpmux, which nobody runs.
        Assert.Equal(1, await RunAsync([.. command.Split(' '), "--admin", "http://127.0.0.1:1"]));

        Assert.Contains("no EdgeGate answers at http://127.0.0.1:1: Connection refused", _error.ToString());
        Assert.Contains("--admin", _error.ToString());
        Assert.Empty(_output.ToString());
    }

    private Task<int> RunAsync(params string[] arguments) => RunAsync(CommandHandlers.None, arguments);

    private Task<int> RunAsync(CommandHandlers handlers, params string[] arguments) =>
        EdgeGateCommand.RunAsync(
            arguments, handlers, new Terminal(_output, _error, hasColour: false), new KernelFactsReader(_machine.Root));

    private string Write(string text)
    {
        var name = Path.GetRandomFileName();
        _machine.Write(name, text);
        return Path.Combine(_machine.Root, name);
    }
}
