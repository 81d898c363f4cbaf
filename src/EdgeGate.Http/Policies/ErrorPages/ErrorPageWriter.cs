using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http.Policies.ErrorPages;

/// <summary>
/// Gives the statuses a body that the gateway itself has made: 502 for an upstream that cannot be reached, 429, 413, 404
/// where there is no route. What an upstream answers is its own. Answers of Kestrel to requests that are none (400, 431)
/// come before any of this.
/// </summary>
/// <param name="pages">The pages, by status.</param>
/// <param name="next">What follows.</param>
internal sealed class ErrorPageWriter(IReadOnlyDictionary<int, ErrorPage> pages, RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        HttpResponse response = context.Response;
        if (response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted && IsOurs(context)
            && response.ContentLength is null && response.ContentType is null
            && pages.TryGetValue(response.StatusCode, out ErrorPage? page))
        {
            await WriteAsync(context, page);
        }
    }

    /// <summary>Whether no upstream has answered, for whatever reason.</summary>
    private static bool IsOurs(HttpContext context) =>
        context.Features.Get<IReverseProxyFeature>()?.ProxiedDestination is null
        || context.Features.Get<IForwarderErrorFeature>() is not null;

    private static Task WriteAsync(HttpContext context, ErrorPage page)
    {
        HttpResponse response = context.Response;
        bool html = page.Json is null || (page.Html is not null && WantsHtml(context.Request));
        ReadOnlyMemory<byte> body = (html ? page.Html : page.Json)!.Value;
        response.ContentType = html ? "text/html; charset=utf-8" : "application/json";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Browsers ask for it by its name, programs by theirs or for anything (RFC 9110, section 12.5.1).</summary>
    private static bool WantsHtml(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out IList<MediaTypeHeaderValue>? accepted))
        {
            return false;
        }

        double html = 0;
        double json = 0;
        foreach (MediaTypeHeaderValue type in accepted)
        {
            double quality = type.Quality ?? 1;
            if (type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))
            {
                html = Math.Max(html, quality);
            }
            else if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            {
                json = Math.Max(json, quality);
            }
        }

        return html > json;
    }
}
