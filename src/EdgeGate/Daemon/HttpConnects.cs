using System.Net.Sockets;
using EdgeGate.Http;
using EdgeGate.Layer4;
using EdgeGate.Telemetry;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Daemon;

/// <summary>Counts connects to HTTP upstreams with those of layer 4, under the destination's name, and traces them.</summary>
internal sealed class HttpConnects(RelayMetrics metrics, Func<IProxyStateLookup?> clusters)
{
    public void Record(UpstreamConnect connect)
    {
        RequestTrace.Connected(connect);

        // A health probe may go to another port than requests do: it has no destination's name.
        string destination = Find(connect)?.DestinationId ?? "";
        if (connect.Error == SocketError.Success)
        {
            metrics.Connected(connect.Cluster, destination, connect.Duration);
        }
        else
        {
            metrics.ConnectFailed(connect.Cluster, destination);
        }
    }

    private DestinationState? Find(UpstreamConnect connect) =>
        clusters() is { } lookup && lookup.TryGetCluster(connect.Cluster, out ClusterState? cluster)
            ? cluster.Destinations.Values.FirstOrDefault(destination => IsAt(destination.Model?.Config.Address, connect))
            : null;

    private static bool IsAt(string? address, UpstreamConnect connect) =>
        address?.Contains(connect.Host, StringComparison.OrdinalIgnoreCase) == true
        && Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
        && uri.Port == connect.Port && uri.IdnHost.Equals(connect.Host, StringComparison.OrdinalIgnoreCase);
}
