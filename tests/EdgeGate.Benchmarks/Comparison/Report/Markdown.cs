using System.Globalization;
using System.Text;
using EdgeGate.Benchmarks.Comparison.Peers;
using EdgeGate.Benchmarks.Comparison.Workloads;

namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>A result as a table: medians, the smallest and the largest value behind them, and ratios.</summary>
internal static class Markdown
{
    internal static string Table(Result result)
    {
        var text = new StringBuilder();
        string figures = string.Join(" | ", result.Figures.Select(figure => figure.Name));
        text.AppendLine(CultureInfo.InvariantCulture, $"### {result.Workload}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| proxy | {figures} | × {EdgeGatePeer.PeerName} |");
        text.Append("|---|").Insert(text.Length, "---:|", result.Figures.Count + 1).AppendLine();
        foreach (string peer in result.Peers)
        {
            IEnumerable<string> cells = result.Figures.Select((figure, i) => Cell(figure, result.Values(peer, i)));
            double ratio = result.Ratio(peer, EdgeGatePeer.PeerName);
            text.AppendLine(
                CultureInfo.InvariantCulture, $"| {peer} | {string.Join(" | ", cells)} | {ratio:0.00} |");
        }

        return text.ToString();
    }

    private static string Cell(Figure figure, double[] values)
    {
        string Write(double value) => value.ToString(figure.Format, CultureInfo.InvariantCulture);
        return $"{Write(Result.Median(values))} ({Write(values.Min())}–{Write(values.Max())})";
    }
}
