using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary>
/// What every answer tells a browser: run nothing, load nothing, be framed by nobody, keep nothing. A page of ours says
/// for itself what it needs.
/// </summary>
internal static class SecurityHeaders
{
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Nothing;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY"; // for browsers that do not know frame-ancestors
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        return next(context);
    }

    /// <summary>The policy of a page that may also run one script and use one style, each by its hash, and ask us.</summary>
    public static string ForPage(string scriptHash, string styleHash) =>
        $"{Nothing}; script-src '{scriptHash}'; style-src '{styleHash}'; img-src data:; connect-src 'self'";
}
