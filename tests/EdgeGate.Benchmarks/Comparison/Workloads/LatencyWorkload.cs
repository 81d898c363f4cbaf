using System.Globalization;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>
/// How long answers take at a rate that is the same for all: well below what the slowest of them can do, if it is not
/// said.
/// </summary>
/// <param name="id">The name on the command line.</param>
/// <param name="name">What the work is.</param>
/// <param name="scale">How long.</param>
/// <param name="rate">Requests a second; null to find out.</param>
/// <param name="portOf">Where; null if the proxy does not do it.</param>
/// <param name="exchange">The request.</param>
internal sealed class LatencyWorkload(
    string id, string name, Scale scale, int? rate, Func<Peer, int?> portOf, Exchange exchange) : Workload
{
    private const int Connections = 64;

    // Clients that are always waiting have many answered at a time, which costs about half of one by one: a quarter of
    // what they get is about half of what a machine can carry that the upstream and the clients share.
    private const double RateShare = 0.25;

    private const int LongerThanOthers = 2; // one in a thousand is to be many
    private static readonly TimeSpan RunUp = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan SaturationTime = TimeSpan.FromSeconds(0.7);
    private static readonly TimeSpan CompilationTime = TimeSpan.FromSeconds(3);

    private readonly List<(Peer Peer, double Most)> _saturations = [];

    internal override string Id => id;

    internal override string Name => name;

    internal override string Note => rate is null
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{Rate:#,0} requests/s, a quarter of what {Slowest.Peer.Name}, the slowest of them, does here for clients that wait for nothing but its answers.")
        : string.Create(CultureInfo.InvariantCulture, $"{rate:#,0} requests/s.");

    private int Rate => rate ?? (int)(Slowest.Most * RateShare);

    private (Peer Peer, double Most) Slowest => _saturations.MinBy(each => each.Most);

    internal override IReadOnlyList<Figure> Figures { get; } =
    [
        new("p50 µs", "#,0"), new("p99 µs", "#,0"), new("p99.9 µs", "#,0"),
        new("CPU µs/request"), new("sent late, p99 µs", "#,0"),
    ];

    internal override int MainFigure => 1;

    internal override bool Suits(Peer peer) => peer.Variant == Variant.None && portOf(peer) is not null;

    internal override void WarmUp(Peer peer)
    {
        if (peer.IsCompiledWhileRunning)
        {
            _ = Saturate(peer, scale.WarmUpShare * CompilationTime);
        }

        _saturations.Add((peer, Saturate(peer, SaturationTime)));
    }

    internal override double[] Measure(Peer peer)
    {
        using var load = new PacedLoad(portOf(peer)!.Value, exchange, Connections);
        load.RunFor(Rate, RunUp);
        ProcessUsage before = ProcessUsage.Of(peer.ProcessId);
        PacedTimes times = load.RunFor(Rate, LongerThanOthers * scale.Duration);
        ProcessUsage used = ProcessUsage.Of(peer.ProcessId) - before;
        return
        [
            times.Percentile(0.5), times.Percentile(0.99), times.Percentile(0.999),
            used.Seconds * 1e6 / times.Count, times.LatenessPercentile(0.99),
        ];
    }

    private double Saturate(Peer peer, TimeSpan duration)
    {
        using var load = new ClientLoad(portOf(peer)!.Value, exchange);
        load.Grow(Connections);
        return load.RunFor(duration) / duration.TotalSeconds;
    }
}
