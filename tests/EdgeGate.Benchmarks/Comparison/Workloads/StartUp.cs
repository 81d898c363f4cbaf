using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>From the start of the process to its first answer, and what it holds then.</summary>
internal sealed class StartUp : Workload
{
    private const double Megabyte = 1024 * 1024;

    internal override string Id => "start-first";

    internal override string Name => "Start: from the process to its first answered request";

    internal override IReadOnlyList<Figure> Figures { get; } =
        [new("ms", "0"), new("CPU ms", "0"), new("MB own"), new("MB resident")];

    internal override bool StartsPeers => true;

    internal override bool Suits(Peer peer) => peer.Variant == Variant.None;

    internal override double[] Measure(Peer peer)
    {
        TimeSpan served = peer.Start();
        return
        [
            served.TotalMilliseconds,
            ProcessUsage.Of(peer.ProcessId).Seconds * 1000,
            ProcessUsage.OwnMemory(peer.ProcessId) / Megabyte,
            ProcessUsage.ResidentMemory(peer.ProcessId) / Megabyte,
        ];
    }
}
