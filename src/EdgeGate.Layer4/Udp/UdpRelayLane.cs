using System.Net;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Layer4.Udp;

/// <summary>What becomes of the datagrams of a listener of Protocol <c>udp</c>: each flow goes to a destination of a cluster.</summary>
/// <param name="cluster">Where flows go.</param>
/// <param name="options">Time-outs and limits.</param>
/// <param name="metrics">Upstream instruments.</param>
/// <param name="log">Where flows log.</param>
public sealed class UdpRelayLane(
    TcpCluster cluster, UdpRelayOptions options, RelayMetrics metrics, ILogger<UdpRelayLane> log)
{
    internal TcpCluster Cluster { get; } = cluster;

    internal UdpRelayOptions Options { get; } = options;

    internal RelayMetrics Metrics { get; } = metrics;

    internal ILogger Log { get; } = log;

    /// <summary>How many destinations a flow may try at most before its first datagram is given up.</summary>
    internal int MaxAttempts => Math.Min(3, Cluster.Destinations.Count);

    /// <summary>The destination of a new flow; null if there is none.</summary>
    internal TcpDestination? Pick() => Cluster.Next();

    /// <summary>Whether a flow whose destination refuses could go elsewhere.</summary>
    internal bool HasOtherThan(TcpDestination destination)
    {
        IReadOnlyList<TcpDestination> all = Cluster.Destinations;
        for (int i = 0; i < all.Count; i++)
        {
            EndPoint endPoint = all[i].EndPoint;
            if (!endPoint.Equals(destination.EndPoint))
            {
                return true;
            }
        }

        return false;
    }
}
