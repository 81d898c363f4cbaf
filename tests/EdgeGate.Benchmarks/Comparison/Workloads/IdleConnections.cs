using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>
/// What a fresh process holds for each connection that has made one exchange and is idle since: the slope over several
/// counts. The first few are below the lowest count: they pay for the code that serves them.
/// </summary>
/// <param name="id">The name on the command line.</param>
/// <param name="kind">What is idle.</param>
/// <param name="scale">How many.</param>
/// <param name="portOf">Where; null if the proxy does not do it.</param>
/// <param name="open">Makes the clients.</param>
internal sealed class IdleConnections(
    string id, string kind, Scale scale, Func<Peer, int?> portOf, Func<Peer, int, IIdleLoad> open) : Workload
{
    private const int Counts = 4;
    private const double Kilobyte = 1024;
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(250);

    private readonly int _step = scale.IdleConnections / Counts;

    internal override string Id => id;

    internal override string Name => $"Idle {kind}: memory of a fresh process over {_step:#,0} to {_step * Counts:#,0} connections";

    internal override IReadOnlyList<Figure> Figures { get; } =
        [new("KB/connection"), new("MB at the lowest"), new("MB at the highest")];

    internal override bool StartsPeers => true;

    internal override bool Suits(Peer peer) => peer.Variant == Variant.None && portOf(peer) is not null;

    internal override double[] Measure(Peer peer)
    {
        peer.Start();
        using IIdleLoad load = open(peer, portOf(peer)!.Value);
        var connections = new double[Counts];
        var kilobytes = new double[Counts];
        for (int i = 0; i < Counts; i++)
        {
            load.Grow(_step);
            Thread.Sleep(Settling);
            connections[i] = (i + 1) * _step;
            kilobytes[i] = ProcessUsage.OwnMemory(peer.ProcessId) / Kilobyte;
        }

        return [Slope(connections, kilobytes), kilobytes[0] / Kilobyte, kilobytes[^1] / Kilobyte];
    }

    /// <summary>Of the line with the least squares.</summary>
    private static double Slope(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        return x.Zip(y, (each, other) => (each - meanX) * (other - meanY)).Sum() / x.Sum(each => (each - meanX) * (each - meanX));
    }
}
