using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeGate.Http.Policies;

/// <summary>
/// Redirects to https. ASP.NET's own middleware has one status for all methods and writes the path anew; here a form is
/// sent again as a form (308, RFC 9110, section 15.4.9), and the target is the very bytes that the client sent.
/// </summary>
internal sealed class HttpsRedirect(HttpsRedirectPolicy policy, Func<HttpContext, string?> listenerOf, RequestDelegate next)
{
    private readonly string _port = policy.Port == 443 ? "" : ":" + policy.Port.ToString(CultureInfo.InvariantCulture);

    public Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (request.IsHttps || !IsConcerned(context))
        {
            return next(context);
        }

        if (!request.Host.HasValue)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest; // nobody knows where to (HTTP/1.0)
            return Task.CompletedTask;
        }

        context.Response.StatusCode = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            ? StatusCodes.Status301MovedPermanently
            : StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = "https://" + new HostString(request.Host.Host).ToUriComponent() + _port + TargetOf(context);
        return Task.CompletedTask;
    }

    private bool IsConcerned(HttpContext context) =>
        policy.Listeners.IsEmpty || (listenerOf(context) is { } name && policy.Listeners.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static string TargetOf(HttpContext context)
    {
        string? raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return raw is ['/', ..] ? raw : context.Request.GetEncodedPathAndQuery(); // absolute-form: RFC 9112, section 3.2.2
    }
}
