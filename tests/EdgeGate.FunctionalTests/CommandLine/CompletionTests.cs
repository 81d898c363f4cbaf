using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.CommandLine;

/// <summary>The real shells complete the real command line.</summary>
public sealed class CompletionTests : IDisposable
{
    // What a line may be followed by, and what not.
    private static readonly (string Line, string Wanted, string Unwanted)[] Cases =
    [
        ("edgegate ru", "run", "drain"),
        ("edgegate connections k", "kill", "list"),
        ("edgegate run --t", "--takeover", "--config"),
        ("edgegate check --format ", "json", "Json"),
        ("edgegate connections list --sort by", "bytesIn", "rtt"),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(120));

    [Theory]
    [InlineData("bash", """
        source {0}
        for line; do
            COMP_LINE=$line COMP_POINT=${{#line}}; COMP_WORDS=($line); [[ $line == *" " ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _edgegate; echo "$line: ${{COMPREPLY[*]}} "
        done
        """)]
    [InlineData("zsh", """
        compdef() {{ }}
        compadd() {{ local w=${{words[-1]}}; print -r -- "${{(j: :)words}}: ${{(@M)found:#${{w}}*}} " }}
        source {0}
        for line; do words=(${{=line}}); [[ $line == *" " ]] && words+=(""); CURRENT=$#words; _edgegate; done
        """)]
    [InlineData("fish", """
        source {0}
        for line in $argv; echo "$line:" (complete -C $line | string replace -r '\t.*' '') ""; end
        """)]
    public async Task A_shell_completes_commands_options_and_choices(string shell, string script)
    {
        string program = await Tool.RequireAsync(shell, _deadline.Token);
        ToolResult printed = await DaemonProcess.RunAsync(_deadline.Token, "completion", shell);
        printed.AssertSuccess();
        string completion = _folder.Write("completion", printed.Output);
        string daemon = Path.Combine(AppContext.BaseDirectory, "edgegate.dll");
        string named = _folder.Write("edgegate", $"#!/bin/sh\nexec dotnet {daemon} \"$@\"\n");
        (await Tool.RunAsync("chmod", ["+x", named], _deadline.Token)).AssertSuccess();
        string test = _folder.Write("test", string.Format(System.Globalization.CultureInfo.InvariantCulture, script, completion));

        ToolResult result = await Tool.RunAsync(
            "env", [$"PATH={_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}", program, test, .. Cases.Select(c => c.Line)],
            _deadline.Token);

        result.AssertSuccess();
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (line, wanted, unwanted) in Cases)
        {
            string answer = Assert.Single(lines, text => text.StartsWith(line + ":", StringComparison.Ordinal))[(line.Length + 1)..];
            Assert.Contains($" {wanted} ", answer, StringComparison.Ordinal);
            Assert.DoesNotContain($" {unwanted} ", answer, StringComparison.Ordinal);
            Assert.DoesNotContain(" -h ", answer, StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        _deadline.Dispose();
    }
}
