using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Http.Policies;

/// <summary>YARP's validator, but for the names of policies: see <see cref="RoutePolicyNames"/>.</summary>
internal sealed class RouteValidator(IConfigValidator yarp) : IConfigValidator
{
    public ValueTask<IList<Exception>> ValidateRouteAsync(RouteConfig route) =>
        yarp.ValidateRouteAsync(RoutePolicyNames.Without(route));

    public ValueTask<IList<Exception>> ValidateClusterAsync(ClusterConfig cluster) => yarp.ValidateClusterAsync(cluster);
}
