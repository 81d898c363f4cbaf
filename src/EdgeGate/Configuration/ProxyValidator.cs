using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Configuration;

/// <summary>Asks YARP's validator about every route and cluster.</summary>
internal static class ProxyValidator
{
    public static async Task ValidateAsync(GatewayConfig config, ConfigurationReport report)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddReverseProxy();
        await using var provider = services.BuildServiceProvider();
        var validator = provider.GetRequiredService<IConfigValidator>();
        foreach (var route in config.Routes)
        {
            Report(report, "ReverseProxy:Routes:" + route.RouteId, await validator.ValidateRouteAsync(route));
        }

        foreach (var cluster in config.Clusters)
        {
            Report(report, "ReverseProxy:Clusters:" + cluster.ClusterId, await validator.ValidateClusterAsync(cluster));
        }
    }

    private static void Report(ConfigurationReport report, string path, IList<Exception> errors)
    {
        foreach (var error in errors)
        {
            report.Error(path, error.Message);
        }
    }
}
