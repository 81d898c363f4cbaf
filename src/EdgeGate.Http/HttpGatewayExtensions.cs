using EdgeGate.Http.Forwarding;
using EdgeGate.Http.Health;
using EdgeGate.Http.Policies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
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
            .AddConfigFilter<Layer4PassiveHealth>()
            .AddTransforms(route => route.AddResponseTransform(HopByHopHeaders.RemoveFromResponseAsync));
        if (options?.Observer is { } observer)
        {
            builder.AddTransforms(route => route.AddResponseTransform(answer =>
            {
                observer.Answered(answer.HttpContext);
                return default;
            }));
        }

        services.Decorate<IHttpForwarder>((yarp, provider) => new RetryingForwarder(
            new GatewayForwarder(
                yarp,
                provider.GetRequiredService<HttpGatewayOptions>(),
                provider.GetRequiredService<ILogger<GatewayForwarder>>()),
            provider.GetServices<IPassiveHealthCheckPolicy>(),
            options?.Retried));
        services.Decorate<IConfigValidator>((yarp, _) => new RouteValidator(yarp));
        services.Decorate<IProbingRequestFactory>((yarp, _) => new Layer4ProbingRequests(yarp));
        services.Decorate<IActiveHealthCheckPolicy>((yarp, _) => new ShortageProbePolicy(yarp));
        if (options?.DestinationsChanged is { } changed)
        {
            services.Decorate<IClusterDestinationsUpdater>((yarp, _) => new DestinationsObserver(yarp, changed));
        }

        return builder;
    }

    /// <summary>Maps YARP's routes.</summary>
    public static ReverseProxyConventionBuilder MapHttpGateway(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapReverseProxy();

    private static void Decorate<T>(this IServiceCollection services, Func<T, IServiceProvider, T> decorate)
        where T : class
    {
        var yarp = services.Last(service => service.ServiceType == typeof(T));
        services.Replace(ServiceDescriptor.Singleton(provider =>
            decorate((T)ActivatorUtilities.CreateInstance(provider, yarp.ImplementationType!), provider)));
    }
}
