using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Http.Forwarding;

/// <summary>Turns <c>unix:</c> destinations into URLs that YARP and HttpClient can carry.</summary>
internal sealed class UnixUpstreams(HttpGatewayOptions options) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        if (cluster.Destinations?.Values.Any(d => UnixUpstreamAddress.Is(d.Address)) != true)
        {
            return new(cluster);
        }

        string scheme = options.IsLayer4?.Invoke(cluster.ClusterId) == true ? "tcp" : "http";
        return new(cluster with
        {
            Destinations = cluster.Destinations.ToDictionary(
                named => named.Key, named => Translate(named.Value, scheme), StringComparer.OrdinalIgnoreCase),
        });
    }

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) =>
        new(route);

    private static DestinationConfig Translate(DestinationConfig destination, string scheme) =>
        !UnixUpstreamAddress.TryGetPath(destination.Address, out string? path) ? destination : destination with
        {
            Address = UnixUpstreamAddress.ToUrl(scheme, path),
            Health = UnixUpstreamAddress.TryGetPath(destination.Health, out string? health)
                ? UnixUpstreamAddress.ToUrl(scheme, health)
                : destination.Health,
            Host = destination.Host ?? "localhost", // what the service is asked for when there is no name to ask for
        };
}
