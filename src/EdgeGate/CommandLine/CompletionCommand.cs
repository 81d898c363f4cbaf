using System.CommandLine;
using System.Text;

namespace EdgeGate.CommandLine;

/// <summary>
/// <c>edgegate completion SHELL</c>: prints the script that has a shell complete this command line. The scripts ask the
/// program itself what may come next (System.CommandLine's <c>[suggest]</c>).
/// </summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", Shells[..^1]) + " or " + Shells[^1] + "." };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new Command("completion", "Print the script with which a shell completes this command line.") { shell };
        command.SetAction(async (parsed, _) =>
        {
            await terminal.Output.WriteAsync(Encoding.UTF8.GetString(EmbeddedFile.Read("completion/edgegate." + parsed.GetValue(shell))));
            return ExitCode.Good;
        });
        return command;
    }

    /// <summary>Has options whose help names their choices suggest just these.</summary>
    public static void Offer(Command command)
    {
        foreach (Option option in command.Options.Where(option => option.HelpName?.Contains('|', StringComparison.Ordinal) == true))
        {
            option.CompletionSources.Clear();
            option.CompletionSources.Add(option.HelpName!.Split('|'));
        }

        foreach (Command below in command.Subcommands)
        {
            Offer(below);
        }
    }
}
