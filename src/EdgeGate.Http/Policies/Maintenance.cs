using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Http.Policies;

/// <summary>Answers 503 to all but a few networks.</summary>
internal sealed class Maintenance(MaintenancePolicy policy, RequestDelegate next)
{
    private readonly string _retryAfter =
        Math.Max(1, Math.Ceiling(policy.RetryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    public Task InvokeAsync(HttpContext context)
    {
        if (IsAllowed(context.Connection.RemoteIpAddress))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = _retryAfter;
        return Task.CompletedTask;
    }

    private bool IsAllowed(IPAddress? client)
    {
        if (client is { IsIPv4MappedToIPv6: true })
        {
            client = client.MapToIPv4();
        }

        foreach (IPNetwork network in policy.Allow)
        {
            if (client is not null && network.Contains(client))
            {
                return true;
            }
        }

        return false;
    }
}
