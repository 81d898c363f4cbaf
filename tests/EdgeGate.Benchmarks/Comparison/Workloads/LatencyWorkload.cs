using System.Globalization;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>
/// How long answers take at a rate that is the same for all: half of what the slowest of them can do, if it is not said.
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
    private const int LongerThanOthers = 2; // one in a thousand is to be many
    private static readonly TimeSpan RunUp = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan SaturationTime = TimeSpan.FromSeconds(1);

    private int _rate;
    private string? _note;

    internal override string Id => id;

    internal override string Name => name;

    internal override string? Note => _note;

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
        _ = Saturate(peer, peer.IsCompiledWhileRunning ? compilation : RunUp);
    }

    internal override void Prepare(IReadOnlyList<Peer> peers)
    {
        if (rate is { } given)
        {
            _rate = given;
            _note = string.Create(CultureInfo.InvariantCulture, $"{given:#,0} requests/s.");
            return;
        }

        var (slowest, most) = peers.Select(peer => (peer, Saturate(peer, SaturationTime))).MinBy(each => each.Item2);
        _rate = (int)(most / 2);
        _note = string.Create(
            CultureInfo.InvariantCulture,
            $"{_rate:#,0} requests/s, half of what {slowest.Name} does at most, the slowest of them here.");
    }

    internal override double[] Measure(Peer peer)
    {
        using var load = new PacedLoad(portOf(peer)!.Value, exchange, Connections);
        load.RunFor(_rate, RunUp);
        ProcessUsage before = ProcessUsage.Of(peer.ProcessId);
        PacedTimes times = load.RunFor(_rate, LongerThanOthers * scale.Duration);
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
