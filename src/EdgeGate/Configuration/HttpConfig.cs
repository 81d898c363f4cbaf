using EdgeGate.Http;
using EdgeGate.Http.Policies;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Configuration;

/// <summary>What is done to HTTP requests beside YARP: <c>EdgeGate:Http</c>.</summary>
internal sealed record HttpConfig
{
    public HttpPolicies Policies { get; init; } = new();

    public HttpLimits Limits { get; init; } = new();

    /// <summary>The same, with what only YARP's routes tell.</summary>
    public HttpConfig With(IEnumerable<RouteConfig> routes) => this with
    {
        Policies = Policies with
        {
            RoutesHaveTimeouts = routes.Any(route => route.Timeout is not null || !string.IsNullOrEmpty(route.TimeoutPolicy)),
        },
    };
}
