using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace EdgeGate.Http.Policies;

/// <summary>
/// Says Strict-Transport-Security on answers over TLS, and there only (RFC 6797, section 7.2). It takes the place of what
/// an upstream says: a second header field would be ignored by browsers, and ASP.NET's own middleware would leave one.
/// </summary>
internal sealed class Hsts(HstsPolicy policy, RequestDelegate next)
{
    private readonly StringValues _value = Format(policy);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.IsHttps)
        {
            context.Response.OnStarting(
                static state =>
                {
                    var (hsts, response) = ((Hsts, HttpResponse))state;
                    response.Headers.StrictTransportSecurity = hsts._value;
                    return Task.CompletedTask;
                },
                (this, context.Response));
        }

        return next(context);
    }

    private static string Format(HstsPolicy policy) =>
        string.Create(CultureInfo.InvariantCulture, $"max-age={(long)policy.MaxAge.TotalSeconds}")
        + (policy.IncludeSubDomains ? "; includeSubDomains" : "")
        + (policy.Preload ? "; preload" : "");
}
