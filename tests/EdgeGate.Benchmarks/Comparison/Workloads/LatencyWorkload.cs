using System.Globalization;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>
/// How long answers take at a rate that is the same for all: half of what the machine can carry with the costliest of
/// them, if it is not said.
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
    private const double LowShare = 0.25; // of what it does at most: lower, and idle threads that spin are most of the cost
    private const int LongerThanOthers = 2; // one in a thousand is to be many
    private static readonly TimeSpan RunUp = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(0.7);

    private readonly List<(Peer Peer, double Most)> _capacities = [];

    internal override string Id => id;

    internal override string Name => name;

    internal override string Note => rate is null
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{Rate:#,0} requests/s, half of what this machine's processors can carry with {Costliest.Peer.Name}, the costliest of them here, its upstream and the clients.")
        : string.Create(CultureInfo.InvariantCulture, $"{rate:#,0} requests/s.");

    private int Rate => rate ?? (int)(Costliest.Most / 2);

    private (Peer Peer, double Most) Costliest => _capacities.MinBy(each => each.Most);

    internal override IReadOnlyList<Figure> Figures { get; } =
    [
        new("p50 µs", "#,0"), new("p99 µs", "#,0"), new("p99.9 µs", "#,0"),
        new("CPU µs/request"), new("sent late, p99 µs", "#,0"),
    ];

    internal override int MainFigure => 1;

    internal override bool Suits(Peer peer) => peer.Variant == Variant.None && portOf(peer) is not null;

    internal override void WarmUp(Peer peer)
    {
        TimeSpan compilation = scale.WarmUpShare * TimeSpan.FromSeconds(2);
        double most = Saturate(peer, peer.IsCompiledWhileRunning ? compilation : ProbeTime);
        if (rate is null)
        {
            _capacities.Add((peer, Capacity(peer, (int)(most * LowShare))));
        }
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

    /// <summary>
    /// Requests a second that would take all processors. Known by the cost at a low rate: what clients do one after the
    /// other as fast as they can is handled many at a time, and costs less than what comes by the clock.
    /// </summary>
    private double Capacity(Peer peer, int low)
    {
        using var load = new PacedLoad(portOf(peer)!.Value, exchange, Connections);
        double Used() => ProcessUsage.Of(peer.ProcessId).Seconds
            + ProcessUsage.OfOne(peer.UpstreamProcessId).Seconds + ProcessUsage.OfOne(Environment.ProcessId).Seconds;
        double before = Used();
        int count = load.RunFor(low, ProbeTime).Count;
        return Environment.ProcessorCount * count / (Used() - before);
    }

    private double Saturate(Peer peer, TimeSpan duration)
    {
        using var load = new ClientLoad(portOf(peer)!.Value, exchange);
        load.Grow(Connections);
        return load.RunFor(duration) / duration.TotalSeconds;
    }
}
