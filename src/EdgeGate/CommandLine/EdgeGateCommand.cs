using System.CommandLine;
using EdgeGate.Configuration;
using EdgeGate.Native.Kernel;

namespace EdgeGate.CommandLine;

/// <summary>The command line: which commands there are, what they take, what they call.</summary>
internal static class EdgeGateCommand
{
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

    private static RootCommand Create(CommandHandlers handlers, Terminal terminal, KernelFactsReader kernel)
    {
        var root = new RootCommand("EdgeGate: an edge gateway that knows the limits of the machine it runs on.")
        {
            Run(handlers, terminal),
            Demo(handlers),
            Check(terminal, kernel),
            Status(handlers),
        };
        return root;
    }

    private static Command Run(CommandHandlers handlers, Terminal terminal)
    {
        var config = ConfigOption($"The configuration file. Without it: {DefaultConfiguration.File}.");
        var command = new Command("run", "Run the daemon until it is told to stop; SIGTERM drains it, SIGHUP reloads it.") { config };
        command.SetAction(async (parsed, cancellation) =>
        {
            var file = parsed.GetValue(config) ?? DefaultConfiguration.File;
            var loaded = await new ConfigurationLoader().LoadAsync(file, cancellation);
            foreach (var problem in loaded.Errors.Concat(loaded.Warnings))
            {
                await terminal.Error.WriteLineAsync(problem.ToString());
            }

            return loaded.Config is null ? ExitCode.Configuration : await handlers.Run(loaded, cancellation);
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
            CustomParser = result => Format(result),
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

    private static Command Status(CommandHandlers handlers)
    {
        var admin = new Option<Uri>("--admin")
        {
            Description = "The admin address of the daemon.",
            HelpName = "URL",
            CustomParser = result => AdminUrl(result),
            DefaultValueFactory = _ => new Uri("http://127.0.0.1:9901"),
        };
        var command = new Command("status", "Ask a running daemon how it is.") { admin };
        command.SetAction((parsed, cancellation) => handlers.Status(parsed.GetValue(admin)!, cancellation));
        return command;
    }

    private static Option<string?> ConfigOption(string description) =>
        new("--config") { Description = description, HelpName = "FILE" };

    private static CheckFormat Format(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (!text.All(char.IsDigit) && Enum.TryParse<CheckFormat>(text, ignoreCase: true, out var format))
        {
            return format;
        }

        result.AddError($"'{text}' is not a format: table or json.{Nearest.Hint(text, ["table", "json"])}");
        return CheckFormat.Table;
    }

    private static Uri? AdminUrl(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        result.AddError($"'{text}' is not a URL such as http://127.0.0.1:9901.");
        return null;
    }
}
