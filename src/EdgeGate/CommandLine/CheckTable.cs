using System.Globalization;
using EdgeGate.Limits;

namespace EdgeGate.CommandLine;

/// <summary>Prints what check found for a person: the verdict, the numbers, then what to do, worst first.</summary>
internal sealed class CheckTable(Terminal terminal)
{
    private const int Width = 100;

    private readonly TextWriter _out = terminal.Output;

    public void Write(CheckResult result)
    {
        if (result.Note is { } note)
        {
            Wrap("", note);
            _out.WriteLine();
        }

        WriteConfiguration(result);
        if (result.Plan is { } plan)
        {
            WriteCapacity(plan);
            WriteListeners(plan);
            WriteFindings(plan);
        }
    }

    private void WriteConfiguration(CheckResult result)
    {
        var verdict = result.Errors.Count switch
        {
            0 => terminal.Green("good"),
            1 => terminal.Red("1 error"),
            var many => terminal.Red($"{many} errors"),
        };
        _out.WriteLine($"{terminal.Bold("Configuration")}  {result.Source}: {verdict}");
        foreach (var error in result.Errors)
        {
            _out.WriteLine($"  {terminal.Red("error")}    {error}");
        }

        foreach (var warning in result.Warnings)
        {
            _out.WriteLine($"  {terminal.Yellow("warning")}  {warning}");
        }

        _out.WriteLine();
    }

    private void WriteCapacity(CapacityPlan plan)
    {
        var limit = plan.Binding;
        var admitted = terminal.Bold($"{Say.Number(plan.MaxConnections)} connections");
        _out.WriteLine(plan.MaxConnections == plan.Fits
            ? $"{terminal.Bold("Capacity")}       {admitted}, bound by {limit.Setting}"
            : $"{terminal.Bold("Capacity")}       {admitted} by configuration; "
                + $"{Say.Number(plan.Fits)} would fit, bound by {limit.Setting}");
        _out.WriteLine();
        Row("  limit", "total", "daemon", "each", "connections");
        foreach (var each in plan.Limits)
        {
            Row(
                $"  {each.Resource} ({each.Setting})", each.Say(each.Total), each.Say(each.Base),
                each.Say(each.PerConnection), Say.Number(each.Connections));
        }

        _out.WriteLine();
    }

    private void WriteListeners(CapacityPlan plan)
    {
        Row("  listener", "protocol", "backlog", "each", "at most");
        foreach (var listener in plan.Listeners)
        {
            Row(
                $"  {listener.Listener} ({listener.Bind})", listener.Protocol.ToString().ToLowerInvariant(),
                Say.Number(listener.Backlog), Say.Number(listener.Descriptors), Say.Number(listener.MaxConnections));
        }

        _out.WriteLine();
    }

    private void WriteFindings(CapacityPlan plan)
    {
        var counts = Enum.GetValues<Severity>().Reverse()
            .Select(severity => (severity, Count: plan.Findings.Count(f => f.Severity == severity)))
            .Where(pair => pair.Count > 0)
            .Select(pair => $"{pair.Count} {Word(pair.severity)}{(pair.Count > 1 && pair.severity != Severity.Info ? "s" : "")}");
        _out.WriteLine($"{terminal.Bold("Findings")}       {(plan.Findings.IsEmpty ? "none" : string.Join(", ", counts))}");
        foreach (var finding in plan.Findings)
        {
            WriteFinding(finding);
        }
    }

    private void WriteFinding(Finding finding)
    {
        var word = Word(finding.Severity).PadRight(7);
        var label = finding.Severity switch
        {
            Severity.Error => terminal.Red(word),
            Severity.Warning => terminal.Yellow(word),
            _ => terminal.Faint(word),
        };
        _out.WriteLine();
        _out.WriteLine($"  {label}  {finding.Title}  {terminal.Faint("[" + finding.Id + "]")}");
        Wrap("           found    ", finding.Found);
        Wrap("           wanted   ", finding.Wanted);
        Wrap("           symptom  ", finding.Symptom);
        Wrap("           remedy   ", finding.Remedy, keepWhole: true);
        Wrap("           where    ", finding.Where);
    }

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();

    private void Row(string name, params string[] cells)
    {
        _out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44}{cells[0],14}{cells[1],10}{cells[2],8}{cells[3],14}"));
    }

    // A remedy is there to be copied, so it is never broken.
    private void Wrap(string label, string? text, bool keepWhole = false)
    {
        if (text is null)
        {
            return;
        }

        var line = label;
        foreach (var word in keepWhole ? [text] : text.Split(' '))
        {
            if (line.Length > label.Length && line.Length + 1 + word.Length > Width)
            {
                _out.WriteLine(line);
                line = new string(' ', label.Length);
            }

            line += line.Length == label.Length ? word : " " + word;
        }

        _out.WriteLine(line);
    }
}
