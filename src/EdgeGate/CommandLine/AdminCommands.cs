using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeGate.Admin;
using EdgeGate.CommandLine.Top;

namespace EdgeGate.CommandLine;

/// <summary>The commands that talk to a running daemon.</summary>
internal sealed class AdminCommands(Terminal terminal)
{
    private readonly AdminOptions _options = new();

    public Command Status() => Create(
        "status",
        "Ask a running daemon how it is: state, limits, listeners, findings. Exit code 1: it drains, or does not answer.",
        (_, client, cancellation) => new StatusCommand(terminal, client).RunAsync(cancellation));

    public Command Top() => Create(
        "top",
        "Watch a running daemon: limits, loops, listeners, upstreams, and its busiest, slowest or oldest connections. "
        + "q quits. Into a pipe, it prints one picture.",
        (_, client, cancellation) => new TopCommand(terminal, client).RunAsync(cancellation));

    public Command Drain() => Create(
        "drain",
        "Have a running daemon stop accepting, give its connections their DrainTimeout, and end; like SIGTERM.",
        (_, client, cancellation) => new DrainCommand(terminal, client).RunAsync(cancellation));

    public Command Reload() => Create(
        "reload",
        "Have a running daemon read its configuration again, and say what has changed; like SIGHUP. Exit code 1: the "
        + "configuration was refused, the reason is printed, and the old one serves on.",
        (_, client, cancellation) => new ReloadCommand(terminal, client).RunAsync(cancellation));

    public Command Connections()
    {
        Command list = List("list", "List the open connections.");
        Command connections = List(
            "connections", "List the open connections of a running daemon (the same as 'connections list'), or end one of them.");
        connections.Subcommands.Add(list);
        connections.Subcommands.Add(Kill());
        return connections;
    }

    private Command List(string name, string description)
    {
        var sort = new Option<string?>("--sort")
        {
            Description = "What to sort by, numbers and times largest first: " + string.Join(", ", ConnectionOrder.Names) + ".",
            HelpName = "KEY",
        };
        sort.Validators.Add(result => Known(result, ConnectionOrder.Names));
        sort.CompletionSources.Add([.. ConnectionOrder.Names]);
        var limit = new Option<int?>("--limit") { Description = "At most so many.", HelpName = "N" };
        limit.Validators.Add(NotNegative);
        var listener = new Option<string?>("--listener") { Description = "Only those of this listener.", HelpName = "NAME" };
        var find = new Option<string?>("--find")
        {
            Description = "Only those with this text in source, destination, listener, protocol or state.",
            HelpName = "TEXT",
        };
        var format = new Option<ListFormat>("--format")
        {
            Description = "How to print: table (the default) for a person, json for a program.",
            HelpName = "table|json",
            CustomParser = result => Choices.Parse<ListFormat>(result, "a format"),
        };
        Command command = Create(name, description, (parsed, client, cancellation) =>
            new ConnectionsCommand(terminal, client).ListAsync(
                [
                    ("sort", parsed.GetValue(sort)), ("listener", parsed.GetValue(listener)), ("find", parsed.GetValue(find)),
                    ("limit", parsed.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)),
                ],
                parsed.GetValue(format), cancellation));
        Array.ForEach<Option>([sort, limit, listener, find, format], command.Options.Add);
        return command;
    }

    private Command Kill()
    {
        var id = new Argument<long>("ID")
        {
            Description = "The connection's id, as listed.",
            CustomParser = result => Id(result),
        };
        Command kill = Create(
            "kill", "End one connection with a reset. Exit code 1: there is none of that id.",
            (parsed, client, cancellation) => new ConnectionsCommand(terminal, client).KillAsync(parsed.GetValue(id), cancellation));
        kill.Arguments.Add(id);
        return kill;
    }

    private Command Create(
        string name, string description, Func<ParseResult, AdminClient, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        _options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                using var client = new AdminClient(await _options.ReadAsync(parsed, cancellation));
                return await run(parsed, client, cancellation);
            }
            catch (AdminFailure failure)
            {
                await terminal.Error.WriteLineAsync($"edgegate: {failure.Message}");
                return ExitCode.Failed;
            }
        });
        return command;
    }

    private static long Id(ArgumentResult result)
    {
        string text = result.Tokens is [var token] ? token.Value : "";
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id))
        {
            return id;
        }

        result.AddError($"'{text}' is not the id of a connection, which is a number; 'edgegate connections' lists them.");
        return 0;
    }

    private static void NotNegative(OptionResult result)
    {
        if (result.Tokens is [var token]
            && !int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            result.AddError($"'{token.Value}' is not a number of connections such as 20.");
        }
    }

    private static void Known(OptionResult result, IReadOnlyCollection<string> keys)
    {
        if (result.Tokens is [var token] && !keys.Contains(token.Value, StringComparer.OrdinalIgnoreCase))
        {
            result.AddError(
                $"'{token.Value}' is nothing to sort by: {string.Join(", ", keys)}.{Configuration.Nearest.Hint(token.Value, keys)}");
        }
    }
}
