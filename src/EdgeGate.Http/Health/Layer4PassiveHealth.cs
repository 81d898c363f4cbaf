using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Http.Health;

/// <summary>
/// Passive health is on for a layer 4 cluster unless it says otherwise: a destination that cannot be reached costs its
/// clients nothing but time, and only while it is still tried.
/// </summary>
internal sealed class Layer4PassiveHealth(HttpGatewayOptions options) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        HealthCheckConfig health = cluster.HealthCheck ?? new HealthCheckConfig();
        PassiveHealthCheckConfig passive = health.Passive ?? new PassiveHealthCheckConfig();
        return new(passive.Enabled is not null || options.IsLayer4?.Invoke(cluster.ClusterId) != true
            ? cluster
            : cluster with { HealthCheck = health with { Passive = passive with { Enabled = true } } });
    }

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) =>
        new(route);
}
