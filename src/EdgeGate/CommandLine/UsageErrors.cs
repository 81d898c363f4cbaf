using System.CommandLine;
using EdgeGate.Configuration;

namespace EdgeGate.CommandLine;

/// <summary>Answers a command line that cannot be run: what is wrong, and what was probably meant.</summary>
internal static class UsageErrors
{
    public static void Write(ParseResult parsed, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens;
        if (unknown.Count > 0)
        {
            var candidates = Names(command).ToList();
            foreach (var word in unknown)
            {
                // --confg=x is one token; the name is what was mistyped.
                var name = word.Split('=', 2)[0];
                var kind = name.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
                terminal.Error.WriteLine($"edgegate: there is no {kind} '{name}'.{Nearest.Hint(name, candidates)}");
                if (kind != "option" || Nearest.To(name, candidates) is not null)
                {
                    break;
                }
            }
        }
        else
        {
            foreach (var error in parsed.Errors)
            {
                terminal.Error.WriteLine($"edgegate: {Say(error.Message, command)}");
            }
        }

        terminal.Error.WriteLine($"Try '{Path(command)} --help'.");
    }

    private static string Say(string message, Command command) =>
        command is RootCommand ? "name a command: " + string.Join(", ", command.Subcommands.Select(c => c.Name)) + "." : message;

    private static IEnumerable<string> Names(Command command) =>
        command.Subcommands.Select(c => c.Name).Concat(command.Options.Select(o => o.Name));

    private static string Path(Command command) => command is RootCommand ? "edgegate"
        : command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : command.Name;
}
