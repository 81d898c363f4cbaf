using System.Diagnostics.Metrics;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace EdgeGate.Http.Policies.RateLimits;

/// <summary>
/// Lets through what the policy of the request's route has permits for, and answers 429 otherwise (RFC 6585, section 4).
/// It does what ASP.NET's middleware does, with .NET's limiters, but for one thing: those keep their counts when other
/// policies change, where ASP.NET's would begin anew.
/// </summary>
/// <param name="limiters">The policies, by name.</param>
/// <param name="rejected">Counts those that are turned away.</param>
/// <param name="next">What follows.</param>
internal sealed class RateLimiting(
    IReadOnlyDictionary<string, SourceLimiters> limiters, Counter<long> rejected, RequestDelegate next)
{
    /// <summary>The policy of whatever names none.</summary>
    private const string Default = "Default";

    public Task InvokeAsync(HttpContext context)
    {
        if (NameOf(context.GetEndpoint()) is not { } name || !limiters.TryGetValue(name, out SourceLimiters? limiter))
        {
            return next(context);
        }

        RateLimitLease lease = limiter.AttemptAcquire(context);
        if (lease.IsAcquired)
        {
            return RunAsync(context, lease);
        }

        return limiter.Policy.Queue > 0 ? WaitAsync(context, limiter, name) : Reject(context, lease, name);
    }

    private static string? NameOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null
            ? null
            : endpoint?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName ?? Default;

    private async Task WaitAsync(HttpContext context, SourceLimiters limiter, string name)
    {
        RateLimitLease lease = await limiter.AcquireAsync(context);
        await (lease.IsAcquired ? RunAsync(context, lease) : Reject(context, lease, name));
    }

    private async Task RunAsync(HttpContext context, RateLimitLease lease)
    {
        using (lease)
        {
            await next(context);
        }
    }

    private Task Reject(HttpContext context, RateLimitLease lease, string name)
    {
        using (lease)
        {
            rejected.Add(1, new KeyValuePair<string, object?>("policy", name));
            double seconds = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after) ? Math.Ceiling(after.TotalSeconds) : 1;
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = Math.Max(1, seconds).ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        }
    }
}
