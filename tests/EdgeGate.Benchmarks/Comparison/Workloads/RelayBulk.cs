using System.Diagnostics;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>As many bytes as go through a TCP relay, from the upstream to the client.</summary>
internal sealed class RelayBulk : Workload
{
    private const int Connections = 4;
    private const double Gigabyte = 1e9;
    private static readonly TimeSpan RunUp = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1.5);

    internal override string Name => $"TCP relay: bulk, {Connections} connections";

    internal override string Group => "relay";

    internal override IReadOnlyList<Figure> Figures { get; } =
        [new("CPU s/GB", "0.000"), new("of it user", "0.000"), new("of it system", "0.000"), new("GB/s", "0.00")];

    internal override bool Suits(Peer peer) => peer.Variant is Variant.None or Variant.Relay && peer.SourcePort is not null;

    internal override void WarmUp(Peer peer) => Measure(peer);

    internal override double[] Measure(Peer peer)
    {
        using var load = new BulkLoad(peer.SourcePort!.Value, Connections);
        load.WaitForFirstByte();
        Thread.Sleep(RunUp);
        ProcessUsage before = ProcessUsage.Of(peer.ProcessId);
        long bytesBefore = load.Received;
        long began = Stopwatch.GetTimestamp();
        Thread.Sleep(Duration);
        double gigabytes = (load.Received - bytesBefore) / Gigabyte;
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        ProcessUsage used = ProcessUsage.Of(peer.ProcessId) - before;
        return
        [
            used.Seconds / gigabytes, used.UserSeconds / gigabytes, used.SystemSeconds / gigabytes, gigabytes / seconds,
        ];
    }
}
