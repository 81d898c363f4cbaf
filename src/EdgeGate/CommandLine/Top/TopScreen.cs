using System.Text;
using Spectre.Console;

namespace EdgeGate.CommandLine.Top;

/// <summary>
/// The terminal's other screen, for as long as top runs. A picture is written in one piece over the one before, so that
/// nothing flickers; what was on the terminal comes back at the end.
/// </summary>
internal sealed class TopScreen : IDisposable
{
    private const string Enter = "\u001b[?1049h\u001b[?25l"; // other screen, no cursor
    private const string Leave = "\u001b[?25h\u001b[?1049l";

    private readonly TextWriter _out;

    public TopScreen(TextWriter output)
    {
        _out = output;
        Console.TreatControlCAsInput = true; // Ctrl+C is a key here: the terminal is to be left as it was
        _out.Write(Enter);
        _out.Flush();
    }

    public static int Width => Math.Max(40, Console.WindowWidth);

    public static int Height => Math.Max(10, Console.WindowHeight);

    public void Show(IEnumerable<string> lines)
    {
        string[] pictured = [.. lines.Take(Height).Select(line => Render(line, Width, colours: true))];
        _out.Write("\u001b[H" + string.Join("\u001b[K\r\n", pictured) + "\u001b[K\u001b[J");
        _out.Flush();
    }

    /// <summary>A line of markup as the terminal wants it.</summary>
    public static string Render(string line, int width, bool colours)
    {
        var text = new StringBuilder();
        using var writer = new StringWriter(text);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
                ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width + 1; // a line that is just as wide as the screen must not be broken
        console.Write(new Markup(line));
        return text.ToString().TrimEnd('\n', '\r');
    }

    public void Dispose()
    {
        _out.Write(Leave);
        _out.Flush();
        Console.TreatControlCAsInput = false;
    }
}
