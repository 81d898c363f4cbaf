using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>Datagrams as fast as one thread sends them, one way, and how many of them arrive.</summary>
/// <param name="scale">How many.</param>
internal sealed class DatagramBurst(Scale scale) : Workload
{
    private const int Bursts = 10; // a single one is too short for a clock that counts hundredths of a second
    private const int Clients = 20;
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(50);

    internal override string Id => "udp-burst";

    internal override string Name => $"UDP relay: bursts of {scale.Datagrams:#,0} datagrams of 100 bytes from {Clients} clients";

    internal override IReadOnlyList<Figure> Figures { get; } =
    [
        new("CPU µs/datagram", "0.00"), new("of it user", "0.00"), new("of it system", "0.00"),
        new("lost of a burst", "#,0.0"),
    ];

    internal override bool Suits(Peer peer) => peer.Variant == Variant.None && peer.CounterPort is not null;

    internal override void WarmUp(Peer peer) => Measure(peer);

    internal override double[] Measure(Peer peer)
    {
        using var load = new DatagramLoad(peer.CounterPort!.Value, Clients);
        load.Burst(Clients); // so that every client has its flow
        long counted = Settle(peer);
        ProcessUsage before = ProcessUsage.Of(peer.ProcessId);
        long arrived = 0;
        for (int i = 0; i < Bursts; i++)
        {
            load.Burst(scale.Datagrams);
            long now = Settle(peer);
            arrived += now - counted;
            counted = now;
        }

        ProcessUsage used = ProcessUsage.Of(peer.ProcessId) - before;
        double each = 1e6 / arrived;
        double lost = scale.Datagrams - ((double)arrived / Bursts);
        return [used.Seconds * each, used.UserSeconds * each, used.SystemSeconds * each, lost];
    }

    /// <summary>How many have arrived once no more do.</summary>
    private static long Settle(Peer peer)
    {
        long last = -1;
        long now;
        while ((now = DatagramCounter.Ask(peer.CounterItself)) != last)
        {
            last = now;
            Thread.Sleep(Settling);
        }

        return now;
    }
}
