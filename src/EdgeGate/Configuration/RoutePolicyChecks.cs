using EdgeGate.Http.Policies;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Configuration;

/// <summary>Whether the policies that YARP's routes name are there.</summary>
internal static class RoutePolicyChecks
{
    private const string Default = "Default";
    private const string Disable = "Disable";
    private const string Anonymous = "Anonymous";

    public static void Run(GatewayConfig config, ConfigurationReport report)
    {
        HttpPolicies policies = config.Http.Policies;
        RejectReserved("Authorization", policies.Access.Keys, report, Anonymous);
        RejectReserved("Cors", policies.Cors.Keys, report, Disable);
        RejectReserved("RateLimits", policies.RateLimits.Keys, report, Disable);
        RejectReserved("Timeouts", policies.Timeouts.Keys, report, Disable);
        CheckServers(config, report);
        foreach (RouteConfig route in config.Routes)
        {
            void Check(string key, string? name, string section, IEnumerable<string> known, params string[] special) =>
                CheckName($"ReverseProxy:Routes:{route.RouteId}:{key}", name, section, [.. known], special, report);

            Check("AuthorizationPolicy", route.AuthorizationPolicy, "Authorization", policies.Access.Keys, Anonymous);
            Check("CorsPolicy", route.CorsPolicy, "Cors", policies.Cors.Keys, Disable);
            Check("OutputCachePolicy", route.OutputCachePolicy, "OutputCache:Policies", policies.OutputCache?.Policies.Keys ?? []);
            Check("RateLimiterPolicy", route.RateLimiterPolicy, "RateLimits", policies.RateLimits.Keys, Default, Disable);
            Check("TimeoutPolicy", route.TimeoutPolicy, "Timeouts", policies.Timeouts.Keys, Disable);
            if (route.Timeout is not null && !string.IsNullOrEmpty(route.TimeoutPolicy))
            {
                report.Error($"ReverseProxy:Routes:{route.RouteId}:TimeoutPolicy", "there is a Timeout too; keep one of them");
            }
        }
    }

    // Whoever named it could never mean the policy.
    private static void RejectReserved(string section, IEnumerable<string> names, ConfigurationReport report, string reserved)
    {
        foreach (string name in names.Where(name => name.Equals(reserved, StringComparison.OrdinalIgnoreCase)))
        {
            report.Error($"EdgeGate:Http:{section}:{name}", $"to a route '{reserved}' means that it has none; call the policy otherwise");
        }
    }

    private static void CheckServers(GatewayConfig config, ConfigurationReport report)
    {
        string[] clusters = [.. config.Clusters.Select(cluster => cluster.ClusterId)];
        foreach (var (name, policy) in config.Http.Policies.Access)
        {
            if (policy is ForwardAccess { Cluster.Length: > 0 } forward && config.FindCluster(forward.Cluster) is null)
            {
                report.Error(
                    $"EdgeGate:Http:Authorization:{name}:Cluster",
                    $"there is no cluster '{forward.Cluster}' in ReverseProxy:Clusters.{Nearest.Hint(forward.Cluster, clusters)}");
            }
        }
    }

    // Names are compared as ASP.NET compares them: in any case.
    private static void CheckName(
        string path, string? name, string section, string[] known, string[] special, ConfigurationReport report)
    {
        if (string.IsNullOrEmpty(name)
            || known.Concat(special).Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return;
        }

        string there = known.Length == 0 ? " None is defined." : "";
        report.Error(path, $"there is no policy '{name}' in EdgeGate:Http:{section}.{Nearest.Hint(name, known.Concat(special))}{there}");
    }
}
