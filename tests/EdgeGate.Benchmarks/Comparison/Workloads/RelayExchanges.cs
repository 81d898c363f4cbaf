using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>A hundred bytes there and back through a TCP relay.</summary>
internal sealed class RelayExchanges : ExchangeWorkload
{
    internal override string Name => $"TCP relay: 100 bytes there and back, {Connections} connections";

    internal override string Group => "relay";

    protected override Exchange Exchange => Exchange.Ping;

    protected override TimeSpan CompilationTime => TimeSpan.FromSeconds(2);

    internal override bool Suits(Peer peer) => peer.Variant == Variant.None && peer.EchoPort is not null;

    protected override int PortOf(Peer peer) => peer.EchoPort!.Value;
}
