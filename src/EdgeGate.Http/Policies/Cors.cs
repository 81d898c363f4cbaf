using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EdgeGate.Http.Policies;

/// <summary>ASP.NET's CORS with policies that are made here.</summary>
internal static class Cors
{
    public static RequestDelegate Use(IReadOnlyDictionary<string, CorsRule> rules, ILoggerFactory logs, RequestDelegate next)
    {
        var options = new CorsOptions();
        foreach (var (name, rule) in rules)
        {
            options.AddPolicy(name, policy => Configure(policy, rule));
        }

        IOptions<CorsOptions> wrapped = Options.Create(options);
        var policies = new DefaultCorsPolicyProvider(wrapped);
        var middleware = new CorsMiddleware(next, new CorsService(wrapped, logs), logs);
        return context => middleware.Invoke(context, policies);
    }

    private static void Configure(CorsPolicyBuilder policy, CorsRule rule)
    {
        policy.WithOrigins([.. rule.Origins]).WithMethods([.. rule.Methods]).WithHeaders([.. rule.Headers])
            .WithExposedHeaders([.. rule.ExposedHeaders]).SetIsOriginAllowedToAllowWildcardSubdomains();
        if (rule.Origins.Contains("*"))
        {
            policy.AllowAnyOrigin();
        }

        if (rule.Credentials)
        {
            policy.AllowCredentials();
        }

        if (rule.MaxAge is { } age)
        {
            policy.SetPreflightMaxAge(age);
        }
    }
}
