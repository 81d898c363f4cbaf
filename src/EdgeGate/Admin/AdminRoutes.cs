using EdgeGate.Daemon;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeGate.Admin;

/// <summary>What the admin address answers, and to which methods.</summary>
internal static class AdminRoutes
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(WebApplication app, Gateway gateway, Signals signals)
    {
        app.MapPrometheusScrapingEndpoint().WithMetadata(new HttpMethodMetadata(Reading));
        Get(app, "/healthz", context => SayAsync(context, "ok\n"));
        Get(app, "/readyz", context =>
        {
            context.Response.StatusCode = gateway.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return SayAsync(context, gateway.IsReady ? "ready\n" : "draining\n");
        });
        byte[] description = EmbeddedFile.Read("openapi.json");
        Get(app, "/openapi.json", context => WriteAsync(context, description, "application/json"));
        var status = new StatusEndpoint(gateway, TimeProvider.System);
        var limits = new LimitsEndpoint(gateway);
        Get(app, "/status", status.WriteAsync);
        Get(app, "/limits", limits.GetAsync);
        Get(app, "/events", EventsEndpoint.Create(gateway, status, limits, app.Lifetime.ApplicationStopping).StreamAsync);
        Get(app, "/", new DashboardPage().WriteAsync);
        Get(app, "/clusters", new ClustersEndpoint(gateway).ListAsync);
        Get(app, "/config", context => EffectiveConfiguration.WriteAsync(context, gateway.Loaded));
        var connections = new ConnectionsEndpoint(gateway.Table);
        Get(app, "/connections", connections.ListAsync);
        app.MapDelete("/connections/{id}", connections.KillAsync);
        var control = new ControlEndpoint(gateway, signals);
        app.MapPost("/drain", control.DrainAsync);
        app.MapPost("/reload", control.ReloadAsync);
    }

    private static Task SayAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text);
    }

    private static Task WriteAsync(HttpContext context, byte[] content, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    // The answer to HEAD is that to GET; Kestrel leaves its body out (RFC 9110, 9.3.2).
    private static void Get(WebApplication app, string path, RequestDelegate answer) => app.MapMethods(path, Reading, answer);
}
