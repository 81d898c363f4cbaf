using System.CommandLine;
using EdgeGate.CommandLine;
using EdgeGate.Native.Kernel;
using EdgeGate.Tests.Configuration;

namespace EdgeGate.Tests.CommandLine;

/// <summary>The manual pages name all that there is.</summary>
public sealed class ManualPageTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "deploy", "man");

    [Fact]
    public void Every_command_and_option_is_on_the_page()
    {
        string page = File.ReadAllText(Path.Combine(Folder, "edgegate.8"));
        Command root = EdgeGateCommand.Create(CommandHandlers.None, Terminal.Standard(), new KernelFactsReader());

        string[] missing = [.. Below(root, "").Where(words => !IsNamed(page, words))];

        Assert.True(missing.Length == 0, "describe in deploy/man/edgegate.8:\n" + string.Join('\n', missing));
        Assert.False(IsNamed(page, "connections end"));
        Assert.False(IsNamed(page, "--confi"));
    }

    [Fact]
    public void Every_section_is_on_the_configurations_page()
    {
        string page = File.ReadAllText(Path.Combine(Folder, "edgegate.json.5"));

        Assert.All(
            new SchemaMap(File.ReadAllText(SchemaJudge.File)).KeysOf("EdgeGate").Where(key => key.Path.Count(c => c == ':') == 1),
            key => Assert.Contains(Lines(page, ".It Ic "), line => line.Split(" , ").Contains(key.Path.Split(':')[1])));
    }

    private static IEnumerable<string> Below(Command command, string words)
    {
        foreach (Option option in command.Options)
        {
            yield return option.Name;
        }

        foreach (Command below in command.Subcommands)
        {
            string name = (words + " " + below.Name).Trim();
            yield return name;
            foreach (string more in Below(below, name))
            {
                yield return more;
            }
        }
    }

    // A command has an entry; an option is written .Fl -name, in an entry or in a sentence about its command.
    private static bool IsNamed(string page, string words) => words.StartsWith("--", StringComparison.Ordinal)
        ? page.Split([' ', '\n']).Contains(words[1..])
        : Lines(page, ".It Cm ").Any(line => line.Split(" , ").Any(entry => entry == words || entry.StartsWith(words + " Ar", StringComparison.Ordinal)));

    private static IEnumerable<string> Lines(string page, string macro) =>
        page.Split('\n').Where(line => line.StartsWith(macro, StringComparison.Ordinal)).Select(line => line[macro.Length..]);
}
