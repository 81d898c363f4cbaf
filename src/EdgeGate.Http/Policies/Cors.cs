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
        var policies = new Policies(rules.ToDictionary(rule => rule.Key, rule => Build(rule.Value), StringComparer.OrdinalIgnoreCase));
        var middleware = new CorsMiddleware(next, new CorsService(Options.Create(new CorsOptions()), logs), logs);
        return context => middleware.Invoke(context, policies);
    }

    private static CorsPolicy Build(CorsRule rule)
    {
        var policy = new CorsPolicyBuilder()
            .WithOrigins([.. rule.Origins]).WithMethods([.. rule.Methods]).WithHeaders([.. rule.Headers])
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

        return policy.Build();
    }

    /// <summary>The policies by name, in any case as everywhere; ASP.NET's own keeps cases apart.</summary>
    private sealed class Policies(Dictionary<string, CorsPolicy> policies) : ICorsPolicyProvider
    {
        private const string Default = "Default";

        public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName) =>
            Task.FromResult(policies.GetValueOrDefault(policyName ?? Default));
    }
}
