using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.Http.Policies.OutputCache;

/// <summary>
/// Keeps no answer that its upstream wants not kept, or that depends on what is no part of the key: ASP.NET's cache is made
/// for an application that knows its own answers, and looks at neither <c>Cache-Control</c> nor <c>Vary</c> (RFC 9111,
/// sections 3 and 4.1).
/// </summary>
internal sealed class UpstreamsWord : IOutputCachePolicy
{
    // The key is kept beside the answer, and nothing counts its size.
    private const int MaxKeyChars = 2048;

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        HttpContext http = context.HttpContext;
        if (http.Connection.ClientCertificate is not null // the upstream may know by it who asks
            || http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } // which is no part of the key
            || KeyChars(http.Request, context.CacheVaryByRules.HeaderNames) > MaxKeyChars)
        {
            context.AllowCacheLookup = context.AllowCacheStorage = false;
        }

        return default;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        IHeaderDictionary headers = context.HttpContext.Response.Headers;
        if (IsBrokenOff(context.HttpContext) || ForbidsKeeping(headers.CacheControl) || DependsOnMore(headers.Vary, context.CacheVaryByRules.HeaderNames))
        {
            context.AllowCacheStorage = false;
        }

        return default;
    }

    // YARP ends an answer that broke off without an exception, and half an answer is none.
    private static bool IsBrokenOff(HttpContext context) =>
        context.RequestAborted.IsCancellationRequested || context.Features.Get<IForwarderErrorFeature>() is not null;

    private static int KeyChars(HttpRequest request, StringValues headers) =>
        (request.Path.Value?.Length ?? 0) + (request.QueryString.Value?.Length ?? 0)
        + headers.Sum(name => request.Headers[name!].Sum(value => value?.Length ?? 0));

    private static bool ForbidsKeeping(StringValues values) =>
        CacheControlHeaderValue.TryParse(values.ToString(), out CacheControlHeaderValue? control)
            ? control.NoStore || control.NoCache || control.Private
            : values.Count > 0; // what cannot be read may have said so

    private static bool DependsOnMore(StringValues values, StringValues keyed) => values
        .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .Any(name => !keyed.AsEnumerable().Contains(name, StringComparer.OrdinalIgnoreCase));
}
