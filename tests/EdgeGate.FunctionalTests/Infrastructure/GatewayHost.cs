using System.Diagnostics.Metrics;
using System.Net;
using EdgeGate.Daemon;
using EdgeGate.Http;
using EdgeGate.Http.Upstream;
using EdgeGate.Logging;
using EdgeGate.Transport;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>Kestrel with EdgeGate's HTTP gateway in this process, on a loopback port and the transport asked for.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GatewayHost(WebApplication app)
    {
        _app = app;
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        Address = new Uri(address.Addresses.Single());
    }

    /// <summary>Where clients find it; https listeners have that scheme.</summary>
    public Uri Address { get; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Address.Port);

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a gateway with one route, everything, to one destination.</summary>
    public static async Task<GatewayHost> StartAsync(
        GatewayTransport transport, Uri upstream, GatewaySettings? settings = null)
    {
        settings ??= new GatewaySettings();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(Section(upstream, settings));
        IUpstreamLoops? loops = TransportUnderTest.Configure(transport, builder.Services);
        builder.Services.AddHttpGateway(
            builder.Configuration.GetSection("ReverseProxy"), settings.Gateway with { UpstreamLoops = loops });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.UseHttpLimits(settings.Limits);
            var endPoint = TransportUnderTest.EndPoint(transport, settings.Listener.FirstByteTimeout);
            kestrel.Listen(endPoint, listen => listen.RunOnLoop().UseHttpListener(settings.Listener));
        });

        builder.Services.AddSingleton(s => new AccessLog(
            s.GetRequiredService<IMeterFactory>().Create(TransportMetrics.MeterName), TimeProvider.System, NullLogger.Instance));
        var app = builder.Build();
        app.Use(new RequestTracking(app.Services.GetRequiredService<AccessLog>(), traces: null).Create);
        app.MapHttpGateway();
        await app.StartAsync();
        return new GatewayHost(app);
    }

    /// <summary>Stops gracefully: no new connections, and requests in flight may finish.</summary>
    public Task StopAsync(CancellationToken deadline) => _app.StopAsync(deadline);

    public async ValueTask DisposeAsync()
    {
        // A test that is over waits for nobody.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private static IEnumerable<KeyValuePair<string, string?>> Section(Uri upstream, GatewaySettings settings)
    {
        var section = new Dictionary<string, string?>
        {
            ["Routes:all:ClusterId"] = "upstream",
            ["Routes:all:Match:Path"] = "{**path}",
            ["Clusters:upstream:Destinations:one:Address"] = upstream.ToString(),
            ["Clusters:upstream:HttpRequest:Version"] = settings.UpstreamVersion,
            ["Clusters:upstream:HttpRequest:VersionPolicy"] = "RequestVersionExact",
        };
        foreach (var (key, value) in settings.ReverseProxy)
        {
            section[key] = value;
        }

        return section.Select(pair => KeyValuePair.Create("ReverseProxy:" + pair.Key, pair.Value));
    }
}
