using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Http.Policies;

/// <summary>
/// The names of policies in YARP's routes. YARP looks them up in options that are made at the start and never change;
/// here a reload brings other policies, and whoever loads a configuration has looked the names up already.
/// </summary>
public static class RoutePolicyNames
{
    /// <summary>The route as YARP's own validator is to see it: without names that it cannot know.</summary>
    public static RouteConfig Without(RouteConfig route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return route with
        {
            AuthorizationPolicy = null,
            CorsPolicy = null,
            OutputCachePolicy = null,
            RateLimiterPolicy = null,
            TimeoutPolicy = null,
        };
    }
}
