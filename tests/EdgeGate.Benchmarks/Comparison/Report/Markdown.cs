using System.Globalization;
using System.Text;
using EdgeGate.Benchmarks.Comparison.Workloads;

namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>Results as tables: medians, the smallest and the largest value behind them, and ratios.</summary>
internal static class Markdown
{
    private const double Busy = 0.9;

    /// <summary>What was measured on what.</summary>
    internal static string Head(Machine machine)
    {
        var text = new StringBuilder();
        text.AppendLine("# Proxies side by side").AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- {machine.Date}; {machine.Processors} processors, {machine.Processor}; {machine.MemoryGigabytes:0} GB; Linux {machine.Kernel}; loopback");
        text.AppendLine(CultureInfo.InvariantCulture, $"- {string.Join("; ", machine.Versions)}");
        foreach (string missing in machine.Missing)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- not measured: {missing}");
        }

        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"- `dotnet run -c Release --project tests/EdgeGate.Benchmarks -- {machine.CommandLine}`");
        text.AppendLine(
            CultureInfo.InvariantCulture, $"- medians of {machine.Repetitions} interleaved repetitions (smallest–largest)");
        text.AppendLine("- CPU time is the proxy's alone, with its children; TLS and HTTP/2 are between client and proxy only");
        text.AppendLine("- a ratio is the median of the ratios within each repetition; over 1, the other takes more than the first one");
        return text.ToString();
    }

    /// <summary>All in one table: what proxies are compared by, and the ratio to the first one.</summary>
    internal static string Overview(IReadOnlyList<Result> results)
    {
        string[] peers = [.. results.SelectMany(result => result.Peers).Distinct()];
        var text = new StringBuilder("| work | | ");
        text.AppendJoin(" | ", peers).AppendLine(" |");
        text.Append("|---|---|").Insert(text.Length, "---:|", peers.Length).AppendLine();
        foreach (Result result in results.Where(result => result.Peers.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {result.Workload} | {result.Figures[result.MainFigure].Name} |");
            foreach (string peer in peers)
            {
                text.Append(CultureInfo.InvariantCulture, $" {(result.Peers.Contains(peer) ? MainCell(result, peer) : "–")} |");
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    /// <summary>One workload with all its figures.</summary>
    internal static string Table(Result result)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"### {result.Workload} (`{result.Id}`)").AppendLine();
        foreach (string remark in Remarks(result))
        {
            text.AppendLine(remark).AppendLine();
        }

        if (result.Peers.Count == 0)
        {
            return text.ToString();
        }

        string figures = string.Join(" | ", result.Figures.Select(figure => figure.Name));
        text.AppendLine(CultureInfo.InvariantCulture, $"| proxy | {figures} | × {result.Peers[0]} |");
        text.Append("|---|").Insert(text.Length, "---:|", result.Figures.Count + 1).AppendLine();
        foreach (string peer in result.Peers)
        {
            IEnumerable<string> cells = result.Figures.Select((figure, i) => Cell(figure, result.Values(peer, i)));
            text.AppendLine(CultureInfo.InvariantCulture, $"| {peer} | {string.Join(" | ", cells)} | {Ratio(result, peer)} |");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Remarks(Result result)
    {
        if (result.Lacks is { } lacks)
        {
            yield return $"Not measured: {lacks}.";
        }

        if (result.Note is { } note)
        {
            yield return note;
        }

        if (result.UpstreamBusiest > Busy)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"The upstream was at its end ({result.UpstreamBusiest:P0} of a processor), so the throughput is its own; the CPU time is not.");
        }

        foreach (var (peer, why) in result.Failures)
        {
            yield return $"**{peer} failed**: {why.Split('\n')[0]}";
        }
    }

    private static string MainCell(Result result, string peer)
    {
        string median = Write(result.Figures[result.MainFigure], Result.Median(result.Values(peer, result.MainFigure)));
        return peer == result.Peers[0] ? median : $"{median} ({Ratio(result, peer)})";
    }

    // Nothing is so many times more than nothing.
    private static string Ratio(Result result, string peer) =>
        result.Ratio(peer, result.Peers[0]) is var ratio && double.IsFinite(ratio)
            ? ratio.ToString("0.00", CultureInfo.InvariantCulture)
            : "–";

    private static string Cell(Figure figure, double[] values) =>
        $"{Write(figure, Result.Median(values))} ({Write(figure, values.Min())}–{Write(figure, values.Max())})";

    private static string Write(Figure figure, double value) => value.ToString(figure.Format, CultureInfo.InvariantCulture);
}
