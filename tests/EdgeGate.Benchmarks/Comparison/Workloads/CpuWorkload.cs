using System.Diagnostics;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>As much as goes through, and the CPU time that the proxy's process takes for each unit of it.</summary>
/// <param name="id">The name on the command line.</param>
/// <param name="name">What the work is.</param>
/// <param name="unit">What it is counted in.</param>
/// <param name="scale">How long.</param>
/// <param name="portOf">Where; null if the proxy does not do it.</param>
/// <param name="open">Makes the clients.</param>
internal sealed class CpuWorkload(
    string id, string name, Unit unit, Scale scale, Func<Peer, int?> portOf, Func<Peer, int, ILoad> open) : Workload
{
    private static readonly TimeSpan RunUp = TimeSpan.FromSeconds(0.3);

    internal override string Id => id;

    internal override string Name => name;

    internal override IReadOnlyList<Figure> Figures => unit.Figures;

    internal override Tool? Needs => Program;

    internal Tool? Program { get; init; }

    /// <summary>The setting that this work is for: proxies with that one changed take part.</summary>
    internal Variant For { get; init; }

    /// <summary>How long a just-in-time compiler needs until it has nothing left to make better.</summary>
    internal TimeSpan CompilationTime { get; init; } = TimeSpan.FromSeconds(2.5);

    internal override bool Suits(Peer peer) =>
        (peer.Variant == Variant.None || peer.Variant == For) && portOf(peer) is not null;

    internal override void WarmUp(Peer peer)
    {
        using ILoad load = Open(peer);
        load.RunFor(peer.IsCompiledWhileRunning ? scale.WarmUpShare * CompilationTime : RunUp);
    }

    internal override double[] Measure(Peer peer)
    {
        using ILoad load = Open(peer);
        ProcessUsage before = ProcessUsage.Of(peer.ProcessId);
        long began = Stopwatch.GetTimestamp();
        long count = load.RunFor(scale.Duration);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        ProcessUsage used = ProcessUsage.Of(peer.ProcessId) - before;
        double each = unit.CostScale / count;
        return [used.Seconds * each, used.UserSeconds * each, used.SystemSeconds * each, count / seconds * unit.RateScale];
    }

    private ILoad Open(Peer peer) => open(peer, portOf(peer)!.Value);
}
