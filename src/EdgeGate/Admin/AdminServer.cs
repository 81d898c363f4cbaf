using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Daemon;
using EdgeGate.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
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
    private readonly AdminConfig _config;
    private readonly ILogger _log;

    public AdminServer(Gateway gateway, Signals signals, ILoggerFactory logs)
    {
        _config = gateway.Config.Admin;
        _log = logs.CreateLogger<AdminServer>();
        WebApplicationBuilder builder = EmptyHost.Create(logs);
        builder.Services.AddRoutingCore();
        builder.Services.AddExporter(gateway.Top);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            foreach (IPEndPoint endPoint in _config.Bind.EndPoints)
            {
                kestrel.Listen(endPoint);
            }
        });

        _app = builder.Build();
        _app.Use(SecurityHeaders.AddAsync);
        _app.Use(Problem.ForEmptyErrorsAsync);
        _app.Use(new AdminGuard(_config).InvokeAsync);
        AdminRoutes.Map(_app, gateway, signals);
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
            throw new IOException($"admin address (EdgeGate:Admin:Bind): cannot bind {_config.Bind}: {why}", e);
        }

        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        var address = new Uri(addresses.Addresses.First());
        EndPoint = IPEndPoint.Parse(address.Authority);
        if (!_config.Bind.IsLoopback && _config.Token is null)
        {
            AdminLog.Open(_log, _config.Bind);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
