using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Daemon;
using EdgeGate.Daemon.Inherited;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Takeover;
using EdgeGate.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
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
    private const int Backlog = 512;

    private readonly WebApplication _app;
    private readonly AdminConfig _config;
    private readonly ILogger _log;
    private readonly List<(IPEndPoint Wanted, OwnedDescriptor Socket)> _sockets = [];
    private bool _stopped;

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

        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket =
            wanted => SocketFactory.DuplicateAsSocket(_sockets.Find(s => s.Wanted.Equals(wanted)).Socket.Descriptor));
        _app = builder.Build();
        _app.Use(SecurityHeaders.AddAsync);
        _app.Use(Problem.ForEmptyErrorsAsync);
        _app.Use(new AdminGuard(_config).InvokeAsync);
        AdminRoutes.Map(_app, gateway, signals);
    }

    /// <summary>Where it really listens.</summary>
    public IPEndPoint? EndPoint { get; private set; }

    /// <summary>Its listening sockets, for the process that takes over.</summary>
    public IEnumerable<(TakeoverMessage Message, Descriptor Descriptor)> Sockets => _sockets.Select(s => (
        new TakeoverMessage { Kind = TakeoverMessage.Socket, IsAdmin = true, Place = TakeoverMessage.PlaceOf(s.Wanted) },
        s.Socket.Descriptor));

    /// <summary>Binds the address, or takes it over; whoever connects waits in the queue until it is served.</summary>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public void Bind(InheritedSockets inherited)
    {
        try
        {
            foreach (IPEndPoint wanted in _config.Bind.EndPoints)
            {
                _sockets.Add((wanted, inherited.ClaimAdmin(wanted) ?? SocketFactory.Listen(wanted, Backlog)));
            }
        }
        catch (SysException e)
        {
            throw new IOException($"admin address (EdgeGate:Admin:Bind): cannot bind {_config.Bind}: {e.Error}", e);
        }
    }

    /// <summary>Answers from now on.</summary>
    public async Task ServeAsync()
    {
        await _app.StartAsync();

        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        var address = new Uri(addresses.Addresses.First());
        EndPoint = IPEndPoint.Parse(address.Authority);
        if (!_config.Bind.IsLoopback && _config.Token is null)
        {
            AdminLog.Open(_log, _config.Bind);
        }
    }

    /// <summary>Answers no more; what waits in the queue is for the process that has taken over, if there is one.</summary>
    public async Task StopAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await _app.StopAsync(now.Token);
            _sockets.ForEach(socket => socket.Socket.Dispose());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
    }
}
