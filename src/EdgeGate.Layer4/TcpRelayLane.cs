using EdgeGate.Layer4.Upstreams;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Layer4;

/// <summary>The lane of Protocol <c>tcp</c>: each accepted connection is relayed to a destination of a cluster.</summary>
/// <param name="cluster">Where connections go.</param>
/// <param name="options">Time-outs.</param>
/// <param name="metrics">Upstream instruments.</param>
/// <param name="log">Where relays log.</param>
public sealed class TcpRelayLane(
    UpstreamCluster cluster, TcpRelayOptions options, RelayMetrics metrics, ILogger<TcpRelayLane> log) : ILane
{
    /// <summary>The client's and the upstream's.</summary>
    public int DescriptorsPerConnection => 2;

    /// <summary>Nothing: a TCP client that does not fit gets a reset.</summary>
    public ReadOnlySpan<byte> Refusal => [];

    internal UpstreamCluster Cluster { get; } = cluster;

    internal TcpRelayOptions Options { get; } = options;

    internal RelayMetrics Metrics { get; } = metrics;

    internal ILogger Log { get; } = log;

    /// <inheritdoc/>
    public AcceptedConnection CreateConnection(in AcceptedSocket socket) => new TcpRelay(socket, this);
}
