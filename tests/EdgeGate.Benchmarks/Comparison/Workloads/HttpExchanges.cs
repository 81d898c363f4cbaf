using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>Small GETs over HTTP/1.1.</summary>
internal sealed class HttpExchanges : ExchangeWorkload
{
    internal override string Name => $"HTTP/1.1: small GET, {Connections} keep-alive connections";

    internal override string Group => "http";

    internal override bool Suits(Peer peer) => peer.Variant is Variant.None or Variant.Http;

    protected override Exchange Exchange => Exchange.Get;

    // A request goes through thousands of methods, and each becomes faster twice.
    protected override TimeSpan CompilationTime => TimeSpan.FromSeconds(10);

    protected override int PortOf(Peer peer) => peer.HttpPort;
}
