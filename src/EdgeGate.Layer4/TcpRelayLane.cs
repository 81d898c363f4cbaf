using EdgeGate.Layer4.Tls;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Layer4;

/// <summary>
/// The lane of Protocol <c>tcp</c> and <c>tls</c>: each accepted connection is relayed to a destination of a cluster.
/// </summary>
/// <param name="cluster">Where connections go; with routes, those that none is for. Null closes them.</param>
/// <param name="options">Time-outs.</param>
/// <param name="metrics">Upstream instruments.</param>
/// <param name="log">Where relays log.</param>
public sealed class TcpRelayLane(
    UpstreamCluster? cluster, TcpRelayOptions options, RelayMetrics metrics, ILogger<TcpRelayLane> log) : ILane
{
    /// <summary>The client's and the upstream's.</summary>
    public int DescriptorsPerConnection => 2;

    /// <summary>Nothing: a TCP client that does not fit gets a reset.</summary>
    public ReadOnlySpan<byte> Refusal => [];

    /// <summary>Where TLS connections go, by what their clients ask for; null where nothing is asked.</summary>
    public SniRoutes? Routes { get; init; }

    internal UpstreamCluster? Cluster { get; } = cluster;

    /// <summary>Whether something is read before a destination is chosen; without it, the server may speak first.</summary>
    internal bool Greets => Options.ProxyProtocol || Routes is not null;

    internal TcpRelayOptions Options { get; } = options;

    internal RelayMetrics Metrics { get; } = metrics;

    internal ILogger Log { get; } = log;

    /// <summary>Where a TLS client goes; null where nothing is for it.</summary>
    internal UpstreamCluster? ClusterFor(in ClientHello hello) => Routes!.Find(hello) ?? Cluster;

    /// <inheritdoc/>
    public AcceptedConnection CreateConnection(in AcceptedSocket socket) => new TcpRelay(socket, this);
}
