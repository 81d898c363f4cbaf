using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http.Policies.OutputCache;

/// <summary>
/// ASP.NET's output cache with its defaults: GET and HEAD, 200 only, nothing with <c>Authorization</c> or
/// <c>Set-Cookie</c>, nobody who is signed in; and with what an upstream says of its answers.
/// </summary>
internal sealed class AnswerCache : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public AnswerCache(OutputCachePolicies policies, ILoggerFactory logs)
    {
        Policies = policies;
        _services = new ServiceCollection().AddSingleton(logs).AddLogging().AddOutputCache(options =>
        {
            options.SizeLimit = policies.SizeLimitBytes;
            options.MaximumBodySize = policies.MaxBodyBytes;
            options.UseCaseSensitivePaths = true; // an upstream may tell them apart
            foreach (var (name, policy) in policies.Policies)
            {
                options.AddPolicy(name, builder => Configure(builder, policy));
            }
        }).BuildServiceProvider();
    }

    public OutputCachePolicies Policies { get; }

    public RequestDelegate Use(RequestDelegate next)
    {
        var app = new ApplicationBuilder(_services);
        app.UseOutputCache();
        app.Run(next);
        RequestDelegate cached = app.Build();
        return context => context.GetEndpoint()?.Metadata.GetMetadata<OutputCacheAttribute>() is null
            ? next(context)
            : RunAsync(context, cached);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    // It looks for its policies among the services of the request.
    private async Task RunAsync(HttpContext context, RequestDelegate cached)
    {
        IServiceProvider services = context.RequestServices;
        context.RequestServices = _services;
        try
        {
            await cached(context);
        }
        finally
        {
            context.RequestServices = services;
        }
    }

    private static string RouteOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>()?.Config.RouteId ?? "";

    private static void Configure(OutputCachePolicyBuilder builder, CachePolicy policy)
    {
        // With locking, all would wait for the first to have read its answer, however slowly. The route decides which upstream
        // answers, by more than the key holds.
        builder.Expire(policy.Expiration).SetLocking(false).SetVaryByHeader([.. policy.VaryByHeader, "Accept-Encoding"])
            .VaryByValue(static context => new("route", RouteOf(context)))
            .AddPolicy<UpstreamsWord>();
        if (policy.VaryByQuery is { } query)
        {
            builder.SetVaryByQuery([.. query]);
        }
    }
}
