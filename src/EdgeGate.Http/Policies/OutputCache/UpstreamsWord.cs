using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace EdgeGate.Http.Policies.OutputCache;

/// <summary>
/// Keeps no answer that its upstream wants not kept, or that depends on what is no part of the key: ASP.NET's cache is made
/// for an application that knows its own answers, and looks at neither <c>Cache-Control</c> nor <c>Vary</c> (RFC 9111,
/// sections 3 and 4.1).
/// </summary>
internal sealed class UpstreamsWord : IOutputCachePolicy
{
    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation) => default;

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        IHeaderDictionary headers = context.HttpContext.Response.Headers;
        if (ForbidsKeeping(headers.CacheControl) || DependsOnMore(headers.Vary, context.CacheVaryByRules.HeaderNames))
        {
            context.AllowCacheStorage = false;
        }

        return default;
    }

    private static bool ForbidsKeeping(StringValues values) =>
        CacheControlHeaderValue.TryParse(values.ToString(), out CacheControlHeaderValue? control)
            ? control.NoStore || control.NoCache || control.Private
            : values.Count > 0; // what cannot be read may have said so

    private static bool DependsOnMore(StringValues values, StringValues keyed) => values
        .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .Any(name => !keyed.AsEnumerable().Contains(name, StringComparer.OrdinalIgnoreCase));
}
