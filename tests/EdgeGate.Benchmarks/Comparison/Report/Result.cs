using EdgeGate.Benchmarks.Comparison.Workloads;

namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>All that was measured with one workload.</summary>
internal sealed class Result(Workload workload, IReadOnlyList<string> peers)
{
    private readonly Dictionary<string, List<double[]>> _values = peers.ToDictionary(peer => peer, _ => new List<double[]>());
    private readonly Dictionary<string, string> _failures = [];

    internal string Id => workload.Id;

    internal string Workload => workload.Name;

    internal IReadOnlyList<Figure> Figures => workload.Figures;

    /// <summary>The index of the figure by which proxies are compared.</summary>
    internal int MainFigure => workload.MainFigure;

    /// <summary>Those that have values; the first is the one that the others are compared with.</summary>
    internal IReadOnlyList<string> Peers => [.. peers.Where(peer => !HasFailed(peer) && _values[peer].Count > 0)];

    /// <summary>Why nothing was measured; null if it was.</summary>
    internal string? Lacks { get; init; }

    /// <summary>What a reader has to know beside the figures.</summary>
    internal string? Note { get; set; }

    /// <summary>The largest share of a processor that the upstream took, which has one loop.</summary>
    internal double UpstreamBusiest { get; set; }

    /// <summary>What proxies failed at, by their names.</summary>
    internal IReadOnlyDictionary<string, string> Failures => _failures;

    internal void Add(string peer, double[] values) => _values[peer].Add(values);

    internal void Fail(string peer, string why) => _failures[peer] = why;

    internal bool HasFailed(string peer) => _failures.ContainsKey(peer);

    /// <summary>A figure of a peer, a value a repetition, in the order they were measured.</summary>
    internal double[] Values(string peer, int figure) => [.. _values[peer].Select(values => values[figure])];

    /// <summary>
    /// The median of a peer's main figure over that of another in the same repetition: what disturbed a repetition
    /// disturbed both.
    /// </summary>
    internal double Ratio(string peer, string other) => Median(
        [.. Values(peer, MainFigure).Zip(Values(other, MainFigure), (mine, theirs) => mine / theirs)]);

    internal static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
