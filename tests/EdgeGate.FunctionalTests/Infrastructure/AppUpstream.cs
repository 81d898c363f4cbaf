using System.Net;
using EdgeGate.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>An ASP.NET Core application as upstream, on stock Kestrel, both HTTP versions on one port.</summary>
internal sealed class AppUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AppUpstream(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<AppUpstream> StartAsync(
        Action<WebApplication> map, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        services?.Invoke(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttpListener(new HttpListenerOptions()));
        });
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new AppUpstream(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
