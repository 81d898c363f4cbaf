using System.Diagnostics;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>A hundred bytes there and back through a UDP relay.</summary>
internal sealed class DatagramExchanges : Workload
{
    private const int Clients = 200;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RunUp = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan CompilationTime = TimeSpan.FromSeconds(3);

    internal override string Name => $"UDP relay: 100 bytes there and back, {Clients} clients";

    internal override string Group => "udp";

    internal override IReadOnlyList<Figure> Figures { get; } =
        [new("CPU µs/exchange"), new("of it user"), new("of it system"), new("exchanges/s", "#,0")];

    internal override bool Suits(Peer peer) => peer.Variant == Variant.None && peer.DatagramPort is not null;

    internal override void WarmUp(Peer peer)
    {
        using var load = new DatagramLoad(peer.DatagramPort!.Value, Clients);
        load.RunFor(peer.IsCompiledWhileRunning ? CompilationTime : RunUp);
    }

    internal override double[] Measure(Peer peer)
    {
        using var load = new DatagramLoad(peer.DatagramPort!.Value, Clients);
        load.RunFor(TimeSpan.Zero); // so that every client has its flow
        ProcessUsage before = ProcessUsage.Of(peer.ProcessId);
        long began = Stopwatch.GetTimestamp();
        long exchanges = load.RunFor(Duration);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        ProcessUsage used = ProcessUsage.Of(peer.ProcessId) - before;
        double each = 1e6 / exchanges;
        return [used.Seconds * each, used.UserSeconds * each, used.SystemSeconds * each, exchanges / seconds];
    }
}
