using System.Text;

namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>The files of a run: tables, every value as JSON, and a chart for each workload.</summary>
internal static class ResultsFolder
{
    internal static void Write(RunReport run)
    {
        string folder = Directory.CreateDirectory(run.Options.Results).FullName;
        string tables = Tables(run);
        File.WriteAllText(Path.Combine(folder, "results.md"), tables);
        File.WriteAllText(Path.Combine(folder, "results.json"), JsonReport.Write(run));
        foreach (Result result in run.Results.Where(result => result.Peers.Count > 0))
        {
            File.WriteAllText(Path.Combine(folder, $"{result.Id}.svg"), Plots.Draw(result));
        }

        Console.WriteLine($"{run.Took:hh\\:mm\\:ss}; results.md, results.json and charts are in {folder}");
        if (run.Options.SummaryFile is { } summary)
        {
            string path = Path.GetFullPath(summary);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, tables);
            Console.WriteLine($"the summary is {path}");
        }
    }

    private static string Tables(RunReport run)
    {
        var text = new StringBuilder();
        text.AppendLine(Markdown.Head(run.Machine)).AppendLine(Markdown.Overview(run.Results));
        text.AppendLine("## All figures").AppendLine();
        text.AppendJoin('\n', run.Results.Select(Markdown.Table));
        return text.ToString().TrimEnd() + "\n";
    }
}
