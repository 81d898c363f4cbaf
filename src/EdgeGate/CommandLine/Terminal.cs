namespace EdgeGate.CommandLine;

/// <summary>Where the command line writes, and whether a person with colours is looking.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool hasColour)
{
    public TextWriter Output => output;

    public TextWriter Error => error;

    /// <summary>The process's own; colour only on a terminal and where NO_COLOR is unset or empty (no-color.org).</summary>
    public static Terminal Standard()
    {
        var wanted = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal(Console.Out, Console.Error, wanted && !Console.IsOutputRedirected);
    }

    /// <summary>
    /// Standard output for bytes. It writes where the descriptor stands, which others share: a stream of one's own over it
    /// would keep a place of its own, and where it is a file write over their lines.
    /// </summary>
    public static Stream OpenStandardOutput() => Console.OpenStandardOutput();

    public string Bold(string text) => Paint("1", text);

    public string Red(string text) => Paint("1;31", text);

    public string Yellow(string text) => Paint("33", text);

    public string Green(string text) => Paint("32", text);

    public string Faint(string text) => Paint("2", text);

    private string Paint(string code, string text) => hasColour ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
