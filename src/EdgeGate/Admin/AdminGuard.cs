using System.Net;
using EdgeGate.Configuration;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary>
/// Who may ask what. A token, where one is configured, is asked for everywhere but where nothing can be learnt: probes of
/// health, and pages that are the same for everybody. Without one, a browser is believed only for pages of ours.
/// </summary>
internal sealed class AdminGuard(AdminConfig config)
{
    private const string Scheme = "Bearer ";

    private static readonly string[] Open = ["/", "/healthz", "/readyz", "/openapi.json"];

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        if (config.Token is { } token)
        {
            return Bears(request, token) || IsOpen(request) ? next(context) : AskForTokenAsync(context);
        }

        bool changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        return changes && IsFromAnotherSite(request) ? RefuseAsync(context, "the request comes from another site")
            : config.Bind.IsLoopback && IsFromRebound(request) ? RefuseAsync(context, "the name of the page is not one of this machine")
            : next(context);
    }

    private static bool IsOpen(HttpRequest request) => Open.Contains(request.Path.Value, StringComparer.OrdinalIgnoreCase);

    private static bool Bears(HttpRequest request, AdminToken token) =>
        request.Headers.Authorization is [{ } header]
        && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && token.Is(header[Scheme.Length..].Trim());

    private static Task AskForTokenAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"EdgeGate\"";
        return Problem.WriteAsync(
            context, StatusCodes.Status401Unauthorized,
            "This admin address wants its token: Authorization: Bearer TOKEN (EdgeGate:Admin:Token or TokenFile).");
    }

    private static Task RefuseAsync(HttpContext context, string why) =>
        Problem.WriteAsync(context, StatusCodes.Status403Forbidden, $"Refused: {why}.");

    /// <summary>
    /// A page of another site may make a browser send requests here. Browsers say where a state-changing request comes
    /// from (Fetch Metadata, Origin); programs do not, and may pass.
    /// </summary>
    private static bool IsFromAnotherSite(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].FirstOrDefault() is { } site)
        {
            return site is not ("same-origin" or "none") || !IsOwnName(request.Host.Host);
        }

        string? origin = request.Headers.Origin;
        string own = $"{request.Scheme}://{request.Host}";
        return !string.IsNullOrEmpty(origin)
            && !(string.Equals(origin, own, StringComparison.OrdinalIgnoreCase) && IsOwnName(request.Host.Host));
    }

    /// <summary>
    /// Nobody reaches a loopback address by a name but that of loopback, except a page whose name was made to resolve to
    /// it: it could read what the browser then takes for its own.
    /// </summary>
    private static bool IsFromRebound(HttpRequest request) =>
        request.Headers.ContainsKey("Sec-Fetch-Site") && !IsOwnName(request.Host.Host);

    /// <summary>
    /// Whether a browser's page of this name is ours. Anyone may let a name of theirs resolve to this address (DNS
    /// rebinding), and the browser then takes their page for one of the same origin; an address cannot be lent so.
    /// </summary>
    private static bool IsOwnName(string host) =>
        IPAddress.TryParse(host, out _)
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase);
}
