using EdgeGate.Layer4.Upstreams;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Layer4.Udp;

/// <summary>What becomes of the datagrams of a listener of Protocol <c>udp</c>: each flow goes to a destination of a cluster.</summary>
/// <param name="cluster">Where flows go.</param>
/// <param name="options">Time-outs and limits.</param>
/// <param name="metrics">Upstream instruments.</param>
/// <param name="log">Where flows log.</param>
public sealed class UdpRelayLane(
    UpstreamCluster cluster, UdpRelayOptions options, RelayMetrics metrics, ILogger<UdpRelayLane> log)
{
    internal UpstreamCluster Cluster { get; } = cluster;

    internal UdpRelayOptions Options { get; } = options;

    internal RelayMetrics Metrics { get; } = metrics;

    internal ILogger Log { get; } = log;
}
