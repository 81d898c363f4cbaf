using System.Diagnostics;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>Small requests and answers, one after the other, over connections that stay.</summary>
internal abstract class ExchangeWorkload : Workload
{
    protected const int Connections = 64;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RunUp = TimeSpan.FromSeconds(0.5);

    internal override IReadOnlyList<Figure> Figures { get; } =
        [new("CPU µs/request"), new("of it user"), new("of it system"), new("requests/s", "#,0")];

    protected abstract Exchange Exchange { get; }

    /// <summary>How long a just-in-time compiler needs until it has nothing left to make better.</summary>
    protected abstract TimeSpan CompilationTime { get; }

    protected abstract int PortOf(Peer peer);

    internal override void WarmUp(Peer peer)
    {
        using var load = new ClientLoad(PortOf(peer), Exchange);
        load.Grow(Connections);
        load.RunFor(peer.IsCompiledWhileRunning ? CompilationTime : RunUp);
    }

    internal override double[] Measure(Peer peer)
    {
        using var load = new ClientLoad(PortOf(peer), Exchange);
        load.Grow(Connections);
        ProcessUsage before = ProcessUsage.Of(peer.ProcessId);
        long began = Stopwatch.GetTimestamp();
        long requests = load.RunFor(Duration);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        ProcessUsage used = ProcessUsage.Of(peer.ProcessId) - before;
        double perRequest = 1e6 / requests;
        return
        [
            used.Seconds * perRequest, used.UserSeconds * perRequest, used.SystemSeconds * perRequest, requests / seconds,
        ];
    }
}
