using System.Net;
using System.Net.Sockets;
using EdgeGate.Http;
using EdgeGate.Layer4.Upstreams;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Daemon;

/// <summary>Finds what the addresses of a layer-4 cluster's destinations stand for.</summary>
internal sealed class DestinationResolver(ILogger log)
{
    /// <param name="cluster">The cluster; null, because a reload took it away, has no destinations.</param>
    /// <param name="known">What was found last time: it stands in for a name that cannot be resolved now.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<IReadOnlyList<ResolvedDestination>> ResolveAsync(
        ClusterConfig? cluster, IReadOnlyList<Destination> known, CancellationToken cancellation)
    {
        var found = new List<ResolvedDestination>();
        foreach (var (id, destination) in cluster?.Destinations ?? new Dictionary<string, DestinationConfig>())
        {
            IReadOnlyList<EndPoint> endPoints = UnixUpstreamAddress.TryGetPath(destination.Address, out string? path)
                ? [new UnixDomainSocketEndPoint(path)]
                : await ResolveAsync(cluster!.ClusterId, id, new Uri(destination.Address), cancellation)
                    ?? known.FirstOrDefault(d => d.Id == id && d.Address == destination.Address)?.EndPoints
                    ?? [];
            if (endPoints.Count > 0)
            {
                found.Add(new ResolvedDestination(id, destination.Address, endPoints));
            }
        }

        return found;
    }

    private async Task<IReadOnlyList<EndPoint>?> ResolveAsync(
        string cluster, string destination, Uri address, CancellationToken cancellation)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(address.DnsSafeHost, cancellation);
            return [.. addresses.Select(ip => new IPEndPoint(ip, address.Port))];
        }
        catch (SocketException e)
        {
            DaemonLog.CannotResolve(log, cluster, destination, address.DnsSafeHost, e.Message);
            return null;
        }
    }
}
