using System.Net;
using System.Net.Sockets;
using EdgeGate.Configuration;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Limits;

/// <summary>
/// What the whole range of ephemeral ports is there for once. A TCP port serves once for each source and each destination
/// address and port, because connect(2) chooses it for the whole path. A UDP socket has its port before it has a
/// destination: it serves once for each source, whatever the destinations (on Linux 6.18 the eleventh socket of ten ports
/// got EAGAIN, with two destinations as with one).
/// </summary>
/// <param name="Protocol">TCP or UDP: each has ports of its own.</param>
/// <param name="Source">Whence; null where the kernel chooses.</param>
/// <param name="Destination">Whither; null for UDP.</param>
internal readonly record struct PortPath(ProtocolType Protocol, IPAddress? Source, IPEndPoint? Destination)
{
    /// <summary>
    /// The paths that a listener's connections can take upstream; null if there is no bound to them. A destination that is
    /// a host name may have any number of addresses, and behind a Unix socket there is no port to run out of.
    /// </summary>
    public static IReadOnlyCollection<PortPath>? Of(GatewayConfig config, ListenerConfig listener)
    {
        var clusters = ClustersOf(config, listener).ToList();
        if (listener.Protocol == ListenerProtocol.Udp)
        {
            return [.. clusters.SelectMany(Sources).Distinct().Select(source => new PortPath(ProtocolType.Udp, source, null))];
        }

        var paths = new HashSet<PortPath>();
        foreach (ClusterConfig cluster in clusters)
        {
            foreach (DestinationConfig destination in cluster.Destinations?.Values ?? [])
            {
                if (EndPointOf(destination.Address) is not { } endPoint)
                {
                    return null;
                }

                IPAddress?[] sources = [.. Sources(cluster).Where(s => s is null || s.AddressFamily == endPoint.AddressFamily)];
                paths.UnionWith(sources.Select(source => new PortPath(ProtocolType.Tcp, source, endPoint)));
            }
        }

        return paths.Count == 0 ? null : paths; // who leads nowhere needs no port
    }

    /// <summary>The clusters that a listener's connections may come to.</summary>
    public static IEnumerable<ClusterConfig> ClustersOf(GatewayConfig config, ListenerConfig listener) =>
        (listener.Protocol is ListenerProtocol.Http or ListenerProtocol.Https
            ? config.Routes.Select(route => route.ClusterId)
            : listener.Clusters)
        .OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Select(config.FindCluster).OfType<ClusterConfig>();

    private static IPAddress?[] Sources(ClusterConfig cluster) =>
        SourceAddresses.Of(cluster) is { Count: > 0 } named ? [.. named] : [null];

    private static IPEndPoint? EndPointOf(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Port > 0 && IPAddress.TryParse(uri.DnsSafeHost, out IPAddress? ip)
            ? new IPEndPoint(ip, uri.Port)
            : null;
}
