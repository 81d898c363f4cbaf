using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>
/// What a fresh process holds for each connection that has made one exchange and is idle since. The first few are not
/// counted: they pay for the code that serves them.
/// </summary>
/// <param name="kind">What is idle.</param>
/// <param name="exchange">The one exchange.</param>
/// <param name="portOf">Where; null if the proxy does not do it.</param>
internal sealed class IdleConnections(string kind, Exchange exchange, Func<Peer, int?> portOf) : Workload
{
    private const int First = 200;
    private const int Counted = 2000;
    private const double Kilobyte = 1024;
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    internal override string Name => $"Idle {kind}: {Counted:#,0} connections in a fresh process";

    internal override string Group => "idle";

    internal override IReadOnlyList<Figure> Figures { get; } = [new("KB/connection"), new("MB in all")];

    internal override bool StartsPeers => true;

    internal override bool Suits(Peer peer) => peer.Variant == Variant.None && portOf(peer) is not null;

    internal override double[] Measure(Peer peer)
    {
        peer.Start();
        using var load = new ClientLoad(portOf(peer)!.Value, exchange);
        load.Grow(First);
        Thread.Sleep(Settling);
        long before = ProcessUsage.OwnMemory(peer.ProcessId);
        load.Grow(Counted);
        Thread.Sleep(Settling);
        long after = ProcessUsage.OwnMemory(peer.ProcessId);
        return [(after - before) / Kilobyte / Counted, after / Kilobyte / Kilobyte];
    }
}
