using System.Text.Json;

namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>Every single value, for other programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    internal static void Write(string file, IEnumerable<Result> results)
    {
        var document = results.Select(result => new
        {
            workload = result.Workload,
            peers = result.Peers.ToDictionary(
                peer => peer,
                peer => result.Figures.Select((figure, i) => (figure.Name, Values: result.Values(peer, i)))
                    .ToDictionary(each => each.Name, each => each.Values)),
        });
        File.WriteAllText(file, JsonSerializer.Serialize(document, Indented));
    }
}
