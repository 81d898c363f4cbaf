using System.Net;
using System.Net.Sockets;
using EdgeGate.Configuration;
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
        ResolvedDestination?[] found = await Task.WhenAll((cluster?.Destinations ?? new Dictionary<string, DestinationConfig>())
            .Select(named => ResolveAsync(cluster!.ClusterId, named.Key, named.Value, known, cancellation)));
        return [.. found.OfType<ResolvedDestination>()];
    }

    private async Task<ResolvedDestination?> ResolveAsync(
        string cluster, string id, DestinationConfig config, IReadOnlyList<Destination> known, CancellationToken cancellation)
    {
        string address = config.Address;
        IReadOnlyList<EndPoint>? endPoints = UnixUpstreamAddress.TryGetPath(address, out string? path)
            ? [new UnixDomainSocketEndPoint(path)]
            : await ResolveAsync(cluster, id, new Uri(address), cancellation)
                ?? known.FirstOrDefault(d => d.Id == id && d.Address == address)?.EndPoints;
        return endPoints is null ? null : new ResolvedDestination(id, address, endPoints, UpstreamMetadata.WeightOf(config));
    }

    private async Task<IReadOnlyList<EndPoint>?> ResolveAsync(
        string cluster, string destination, Uri address, CancellationToken cancellation)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(address.DnsSafeHost, cancellation);
            return [.. addresses.Select(ip => new IPEndPoint(ip, address.Port))];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            DaemonLog.CannotResolve(log, cluster, destination, address.DnsSafeHost, e.Message);
            return null;
        }
    }
}
