using System.Text.Json;

namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>The machine and every single value, for other programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Indented =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Write(RunReport run) => JsonSerializer.Serialize(
        new
        {
            machine = run.Machine,
            seconds = Math.Round(run.Took.TotalSeconds),
            workloads = run.Results.Select(result => new
            {
                result.Id,
                name = result.Workload,
                result.Note,
                result.Lacks,
                result.Failures,
                upstreamBusiest = Math.Round(result.UpstreamBusiest, 2),
                mainFigure = result.Figures[result.MainFigure].Name,
                peers = result.Peers.ToDictionary(peer => peer, peer => Describe(result, peer)),
            }),
        },
        Indented);

    private static object Describe(Result result, string peer) => new
    {
        ratios = result.Peers.Where(other => other != peer).ToDictionary(
            other => other, other => Math.Round(result.Ratio(peer, other), 3)),
        figures = result.Figures.Select((figure, i) => (figure.Name, Values: result.Values(peer, i))).ToDictionary(
            each => each.Name,
            each => new { median = Result.Median(each.Values), min = each.Values.Min(), max = each.Values.Max(), each.Values }),
    };
}
