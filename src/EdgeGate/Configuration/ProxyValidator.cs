using EdgeGate.Daemon;
using EdgeGate.Http.Policies;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;

namespace EdgeGate.Configuration;

/// <summary>Asks YARP's validator about every route and cluster.</summary>
internal static class ProxyValidator
{
    public static async Task ValidateAsync(GatewayConfig config, ConfigurationReport report)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<ILoadBalancingPolicy, SourceHashPolicy>();
        services.AddSingleton<ILoadBalancingPolicy, WeightedPolicy>();
        services.AddReverseProxy();
        await using var provider = services.BuildServiceProvider();
        var validator = provider.GetRequiredService<IConfigValidator>();
        var policies = provider.GetServices<ILoadBalancingPolicy>().Select(policy => policy.Name).ToList();
        foreach (var route in config.Routes)
        {
            Report(report, "ReverseProxy:Routes:" + route.RouteId, await validator.ValidateRouteAsync(RoutePolicyNames.Without(route)));
        }

        foreach (var cluster in config.Clusters)
        {
            var path = "ReverseProxy:Clusters:" + cluster.ClusterId;
            var known = CheckPolicy(path, cluster.LoadBalancingPolicy, policies, report);
            Report(
                report, path, await validator.ValidateClusterAsync(known ? cluster : cluster with { LoadBalancingPolicy = null }));
        }
    }

    // YARP only says that there is no such policy.
    private static bool CheckPolicy(string path, string? policy, List<string> policies, ConfigurationReport report)
    {
        if (string.IsNullOrEmpty(policy) || policies.Contains(policy, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        report.Error(
            path + ":LoadBalancingPolicy",
            $"there is no policy '{policy}'; write one of {string.Join(", ", policies)}.{Nearest.Hint(policy, policies)}");
        return false;
    }

    private static void Report(ConfigurationReport report, string path, IList<Exception> errors)
    {
        foreach (var error in errors)
        {
            report.Error(path, error.Message);
        }
    }
}
