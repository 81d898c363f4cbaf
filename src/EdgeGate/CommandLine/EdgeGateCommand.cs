using System.CommandLine;
using System.Globalization;
using EdgeGate.Configuration;
using EdgeGate.Limits.Tuning;
using EdgeGate.Native.Kernel;

namespace EdgeGate.CommandLine;

/// <summary>The command line: which commands there are, what they take, what they call.</summary>
internal static class EdgeGateCommand
{
    private const long MaxConnections = 100_000_000;

    /// <summary>Parses, runs, and gives the exit code.</summary>
    public static async Task<int> RunAsync(
        string[] arguments, CommandHandlers handlers, Terminal terminal, KernelFactsReader? kernel = null)
    {
        var root = Create(handlers, terminal, kernel ?? new KernelFactsReader());
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            UsageErrors.Write(parsed, terminal);
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            // The daemon has its own answer to SIGTERM: it drains.
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>All of it, without running anything.</summary>
    internal static RootCommand Create(CommandHandlers handlers, Terminal terminal, KernelFactsReader kernel)
    {
        var admin = new AdminCommands(terminal);
        var root = new RootCommand("EdgeGate: an edge gateway that knows the limits of the machine it runs on.")
        {
            Run(handlers, terminal),
            Demo(handlers),
            Check(terminal, kernel),
            Tune(terminal, kernel),
            admin.Status(),
            admin.Top(),
            admin.Connections(),
            admin.Reload(),
            admin.Drain(),
            CompletionCommand.Create(terminal),
        };
        CompletionCommand.Offer(root);
        return root;
    }

    private static Command Run(CommandHandlers handlers, Terminal terminal)
    {
        var config = ConfigOption($"The configuration file. Without it: {DefaultConfiguration.File}.");
        var takeOver = new Option<bool>("--takeover")
        {
            Description = "Take the listening sockets over from the daemon that runs with this configuration; it drains when "
                + "this one is ready. Without one that runs it is an error.",
        };
        var command = new Command(
            "run", "Run the daemon until it is told to stop; SIGTERM drains it, SIGHUP reloads it.") { config, takeOver };
        command.SetAction(async (parsed, cancellation) =>
        {
            var file = parsed.GetValue(config) ?? DefaultConfiguration.File;
            var loaded = await new ConfigurationLoader().LoadAsync(file, cancellation);
            foreach (var problem in loaded.Errors.Concat(loaded.Warnings))
            {
                await terminal.Error.WriteLineAsync(problem.ToString());
            }

            return loaded.Config is null ? ExitCode.Configuration : await handlers.Run(loaded, parsed.GetValue(takeOver), cancellation);
        });
        return command;
    }

    private static Command Demo(CommandHandlers handlers)
    {
        var command = new Command("demo", "Run the daemon on loopback with upstreams of its own, and say what to try.");
        command.SetAction((_, cancellation) => handlers.Demo(cancellation));
        return command;
    }

    private static Command Check(Terminal terminal, KernelFactsReader kernel)
    {
        var config = ConfigOption(
            $"The configuration file. Without it: {DefaultConfiguration.File}, or the embedded default where that is missing.");
        var tuning = new Option<string?>("--tuning")
        {
            Description = "A sysctl.d file to compare the kernel with, instead of the configuration's TuningFile.",
            HelpName = "FILE",
        };
        var format = new Option<CheckFormat>("--format")
        {
            Description = "How to print: table (the default) for a person, json for a program.",
            HelpName = "table|json",
            CustomParser = result => Choices.Parse<CheckFormat>(result, "a format"),
        };
        var command = new Command(
            "check",
            "Say what is wrong with a configuration, how many connections this machine holds, and which limit binds. "
            + "Exit code 1: an error-level finding; 78: a bad configuration.")
        { config, tuning, format };
        command.SetAction((parsed, cancellation) =>
            new CheckCommand(terminal, new ConfigurationLoader(), kernel).RunAsync(
                parsed.GetValue(config), parsed.GetValue(tuning), parsed.GetValue(format), cancellation));
        return command;
    }

    private static Command Tune(Terminal terminal, KernelFactsReader kernel)
    {
        var connections = new Option<long>("--connections")
        {
            Description = "How many connections the machine is to hold.",
            HelpName = "N",
            Required = true,
            CustomParser = result => Connections(result),
        };
        var profile = new Option<TuningProfile>("--profile")
        {
            Description = "density (the default): many silent connections with small buffers; throughput: buffers that grow far.",
            HelpName = "density|throughput",
            CustomParser = result => Choices.Parse<TuningProfile>(result, "a profile"),
        };
        var format = new Option<TuneFormat>("--format")
        {
            Description = "What to print: sysctl (the default), systemd, or json with both.",
            HelpName = "sysctl|systemd|json",
            CustomParser = result => Choices.Parse<TuneFormat>(result, "a format"),
        };
        var config = ConfigOption(
            $"What the gateway is to serve. Without it: {DefaultConfiguration.File}, or the embedded default where that is missing.");
        var command = new Command(
            "tune", "Print the settings with which this machine holds so many connections. It changes nothing.")
        { connections, profile, format, config };
        command.SetAction((parsed, cancellation) =>
            new TuneCommand(terminal, new ConfigurationLoader(), kernel).RunAsync(
                parsed.GetValue(config), parsed.GetValue(connections), parsed.GetValue(profile), parsed.GetValue(format),
                cancellation));
        return command;
    }

    private static Option<string?> ConfigOption(string description) =>
        new("--config") { Description = description, HelpName = "FILE" };

    private static long Connections(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MaxConnections)
        {
            return number;
        }

        result.AddError($"'{text}' is not a number of connections such as 100000.");
        return 0;
    }
}
