using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>What the managed heap of a proxy gives out for a request.</summary>
/// <param name="id">The name on the command line.</param>
/// <param name="name">What the work is.</param>
/// <param name="scale">How long.</param>
/// <param name="portOf">Where; null if the proxy does not do it.</param>
/// <param name="exchange">The request.</param>
internal sealed class Allocations(string id, string name, Scale scale, Func<Peer, int?> portOf, Exchange exchange) : Workload
{
    private const int Connections = 64;

    internal override string Id => id;

    internal override string Name => $"Allocations: {name}";

    internal override string Note => "The least possible is 0; nginx and HAProxy have no managed heap.";

    internal override IReadOnlyList<Figure> Figures { get; } = [new("bytes/request", "#,0.0")];

    internal override bool Suits(Peer peer) =>
        peer.TellsAllocatedBytes && (peer.Variant == Variant.None || (peer.Variant == Variant.Http && exchange == Exchange.Get))
        && portOf(peer) is not null;

    internal override void WarmUp(Peer peer) => Measure(peer);

    internal override double[] Measure(Peer peer)
    {
        using var load = new ClientLoad(portOf(peer)!.Value, exchange);
        load.Grow(Connections);
        long first = peer.ReadAllocatedBytes();
        Thread.Sleep(scale.Duration);
        long before = peer.ReadAllocatedBytes();
        long requests = load.RunFor(scale.Duration);
        long after = peer.ReadAllocatedBytes();
        long withoutRequests = before - first; // what is done each second, and the reading itself
        return [(double)Math.Max(0, after - before - withoutRequests) / requests];
    }
}
