using EdgeGate.Benchmarks.Comparison.Workloads;

namespace EdgeGate.Benchmarks.Comparison.Report;

/// <summary>All that was measured with one workload.</summary>
internal sealed class Result(string workload, IReadOnlyList<Figure> figures, IReadOnlyList<string> peers)
{
    private readonly Dictionary<string, List<double[]>> _values = peers.ToDictionary(peer => peer, _ => new List<double[]>());

    internal string Workload { get; } = workload;

    internal IReadOnlyList<Figure> Figures { get; } = figures;

    internal IReadOnlyList<string> Peers { get; } = peers;

    internal void Add(string peer, double[] values) => _values[peer].Add(values);

    /// <summary>A figure of a peer, a value a repetition, in the order they were measured.</summary>
    internal double[] Values(string peer, int figure) => [.. _values[peer].Select(values => values[figure])];

    /// <summary>
    /// The median of a peer's main figure over that of another in the same repetition: what disturbed a repetition
    /// disturbed both.
    /// </summary>
    internal double Ratio(string peer, string other) => Median(
        [.. Values(peer, 0).Zip(Values(other, 0), (mine, theirs) => mine / theirs)]);

    internal static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
