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
        LimitCapacity binding = plan.Binding;
        string admitted = terminal.Bold($"{Say.Number(plan.MaxConnections)} connections");
        _out.WriteLine(plan.MaxConnections == plan.Fits
            ? $"{terminal.Bold("Capacity")}       {admitted}, bound by {binding.Resource} ({binding.Setting})"
            : $"{terminal.Bold("Capacity")}       {admitted} by configuration; "
                + $"{Say.Number(plan.Fits)} would fit, bound by {binding.Resource} ({binding.Setting})");
        _out.WriteLine();
        Table(
            ["limit", "setting", ">in all", ">daemon", ">each", ">connections"],
            plan.Limits.Select(each => new[]
            {
                each.Resource, each.Setting, each.Say(each.Total), each.Say(each.Base), each.Say(each.PerConnection),
                Say.Number(each.Connections),
            }),
            isMarked: row => row == 0);
        int width = plan.Limits.Max(l => l.Resource.Length);
        foreach (UnmeasuredLimit limit in plan.Unmeasured)
        {
            _out.WriteLine(terminal.Faint($"  {limit.Resource.PadRight(width)}  not counted: {limit.Why}"));
        }

        _out.WriteLine();
    }

    private void WriteListeners(CapacityPlan plan)
    {
        _out.WriteLine($"{terminal.Bold("Listeners")}      at most so many each, if the others have none");
        _out.WriteLine();
        Table(
            ["listener", "address", "protocol", ">at most", "  one more than that"],
            plan.Listeners.Select(listener => new[]
            {
                listener.Listener, listener.Bind, listener.Protocol.ToString().ToLowerInvariant(),
                Say.Number(listener.MaxConnections), "  " + listener.AtLimit,
            }),
            isMarked: _ => false);
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
        if (finding.Remedy is { } remedy)
        {
            _out.WriteLine(terminal.Faint("           remedy   ") + terminal.Green(remedy)); // to be copied, so never broken
        }

        Wrap("           where    ", finding.Where);
    }

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();

    // Columns as wide as they must be; a heading that begins with > stands over numbers. What is marked is what binds.
    private void Table(string[] headings, IEnumerable<string[]> rows, Predicate<int> isMarked)
    {
        List<string[]> all = [[.. headings.Select(h => h.TrimStart('>'))], .. rows];
        int[] widths = [.. headings.Select((_, column) => all.Max(row => row[column].Length))];
        string Line(string[] row) => string.Join("  ", row.Select((cell, i) =>
            headings[i].StartsWith('>') ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();

        _out.WriteLine(terminal.Faint("  " + Line(all[0])));
        for (int i = 1; i < all.Count; i++)
        {
            _out.WriteLine(isMarked(i - 1) ? terminal.Bold("> " + Line(all[i])) : "  " + Line(all[i]));
        }
    }

    private void Wrap(string label, string? text)
    {
        if (text is null)
        {
            return;
        }

        var line = label;
        foreach (var word in text.Split(' '))
        {
            if (line.Length > label.Length && line.Length + 1 + word.Length > Width)
            {
                WriteWrapped(label, line);
                line = new string(' ', label.Length);
            }

            line += line.Length == label.Length ? word : " " + word;
        }

        WriteWrapped(label, line);
    }

    private void WriteWrapped(string label, string line) =>
        _out.WriteLine(terminal.Faint(line[..label.Length]) + line[label.Length..]);
}
