using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Daemon;
using EdgeGate.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Admin;

/// <summary>
/// The admin address. It has a host of its own on Kestrel's own transport, so that it answers while the gateway is full
/// and while it drains.
/// </summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private const int MaxConnections = 32; // of the reserve: a scraper and a few operators

    private readonly WebApplication _app;
    private readonly BindAddress _bind;

    public AdminServer(Gateway gateway, Signals signals, ILoggerFactory logs)
    {
        _bind = gateway.Config.Admin.Bind;
        WebApplicationBuilder builder = EmptyHost.Create(logs);
        builder.Services.AddRoutingCore();
        builder.Services.AddExporter(gateway.Top);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            foreach (IPEndPoint endPoint in _bind.EndPoints)
            {
                kestrel.Listen(endPoint);
            }
        });

        _app = builder.Build();
        _app.Use(RefuseOtherSites);
        _app.MapPrometheusScrapingEndpoint();
        Map(_app, gateway, signals);
    }

    /// <summary>Where it really listens.</summary>
    public IPEndPoint? EndPoint { get; private set; }

    /// <exception cref="IOException">The address cannot be bound.</exception>
    public async Task BindAsync()
    {
        try
        {
            await _app.StartAsync();
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            string why = e.InnerException is AddressInUseException ? "Address already in use" : e.Message;
            throw new IOException($"admin address (EdgeGate:Admin:Bind): cannot bind {_bind}: {why}", e);
        }

        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        var address = new Uri(addresses.Addresses.First());
        EndPoint = IPEndPoint.Parse(address.Authority);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static void Map(WebApplication app, Gateway gateway, Signals signals)
    {
        app.MapGet("/healthz", context => context.Response.WriteAsync("ok\n"));
        app.MapGet("/readyz", context =>
        {
            context.Response.StatusCode = gateway.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(gateway.IsReady ? "ready\n" : "draining\n");
        });
        app.MapGet("/limits", new LimitsEndpoint(gateway).GetAsync);
        app.MapGet("/clusters", new ClustersEndpoint(gateway).ListAsync);
        var connections = new ConnectionsEndpoint(gateway.Table);
        app.MapGet("/connections", connections.ListAsync);
        app.MapDelete("/connections/{id}", connections.KillAsync);
        app.MapPost("/drain", context => AcceptAsync(context, signals, Signal.Stop));
        app.MapPost("/reload", context => AcceptAsync(context, signals, Signal.Reload));
    }

    private static Task AcceptAsync(HttpContext context, Signals signals, Signal signal)
    {
        signals.Raise(signal);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    /// <summary>
    /// A page of another site may make a browser send requests here. Browsers say where a state-changing request comes
    /// from (Fetch Metadata, Origin); programs do not, and may pass.
    /// </summary>
    private static Task RefuseOtherSites(HttpContext context, RequestDelegate next)
    {
        bool changes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        if (changes && IsFromAnotherSite(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("refused: the request comes from another site\n");
        }

        return next(context);
    }

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
    /// Whether a browser's page of this name is ours. Anyone may let a name of theirs resolve to this address (DNS
    /// rebinding), and the browser then takes their page for one of the same origin; an address cannot be lent so.
    /// </summary>
    private static bool IsOwnName(string host) =>
        IPAddress.TryParse(host, out _)
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase);
}
