using EdgeGate.Http.Forwarding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace EdgeGate.Http;

/// <summary>Puts the HTTP gateway into a host: YARP, configured as YARP always is, with defaults fit for an edge.</summary>
public static class HttpGatewayExtensions
{
    /// <summary>Registers YARP with <paramref name="reverseProxy"/>, its <c>ReverseProxy</c> section as it stands.</summary>
    /// <returns>YARP's own builder, for more configuration sources, filters and transforms.</returns>
    public static IReverseProxyBuilder AddHttpGateway(
        this IServiceCollection services, IConfigurationSection reverseProxy, HttpGatewayOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(reverseProxy);

        services.AddSingleton(options ?? new HttpGatewayOptions());
        services.TryAddSingleton<ListenerCertificates>();
        services.AddSingleton<IForwarderHttpClientFactory, UpstreamClientFactory>();
        var builder = services.AddReverseProxy()
            .LoadFromConfig(reverseProxy)
            .AddConfigFilter<UnixUpstreams>()
            .AddTransforms(route => route.AddResponseTransform(HopByHopHeaders.RemoveFromResponseAsync));
        services.DecorateForwarder();
        return builder;
    }

    /// <summary>Maps YARP's routes.</summary>
    public static ReverseProxyConventionBuilder MapHttpGateway(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapReverseProxy();

    private static void DecorateForwarder(this IServiceCollection services)
    {
        var yarp = services.Last(service => service.ServiceType == typeof(IHttpForwarder));
        services.Replace(ServiceDescriptor.Singleton<IHttpForwarder>(provider => new GatewayForwarder(
            (IHttpForwarder)ActivatorUtilities.CreateInstance(provider, yarp.ImplementationType!),
            provider.GetRequiredService<HttpGatewayOptions>(),
            provider.GetRequiredService<ILogger<GatewayForwarder>>())));
    }
}
