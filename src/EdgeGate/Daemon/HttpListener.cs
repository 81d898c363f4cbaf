using System.Diagnostics.Metrics;
using EdgeGate.Configuration;
using EdgeGate.Http;
using EdgeGate.Transport;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>One http or https listener: a Kestrel of its own over sockets that are bound already.</summary>
internal sealed class HttpListener : IAsyncDisposable
{
    private static readonly byte[] ServiceUnavailable =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly WebApplication _host; // never run: it holds Kestrel's services
    private readonly IServer _server;
    private readonly HttpListenerOptions _options;
    private readonly bool _runsOnLoops;
    private readonly HttpLimits _limits;
    private volatile bool _retired;
    private readonly ProxyProtocolMode _proxyProtocol;
    private readonly IReadOnlyList<(Listener Socket, ListenerOptions Options)> _sockets;

    /// <param name="config">Its configuration.</param>
    /// <param name="sockets">Its sockets, and how they are to listen.</param>
    /// <param name="transport">The event loops, for Kestrel.</param>
    /// <param name="meters">Where all listeners' Kestrels count together.</param>
    /// <param name="runsOnLoops">Whether requests are worked on on the event loops: cleartext ones, as a TLS handshake
    /// takes so long that the loop's other connections would feel it.</param>
    /// <param name="logs">Where they log.</param>
    /// <exception cref="InvalidDataException">A certificate cannot be used.</exception>
    public HttpListener(
        ListenerConfig config,
        IReadOnlyList<(Listener Socket, ListenerOptions Options)> sockets,
        IConnectionListenerFactory transport,
        IMeterFactory meters,
        bool runsOnLoops,
        ILoggerFactory logs)
    {
        _sockets = sockets;
        _options = OptionsOf(config);

        // Measured with the client on the loops, a small GET over kept connections: Kestrel on the thread pool 0.80 of stock
        // Kestrel + YARP at its best, 2.0 of nginx; on the loops 0.65 and 0.75 of it, 1.7 and 1.2 of nginx, in two runs,
        // with 4.2 system calls, of at least 4, where SocketsHttpHandler's way takes 6. Nothing that blocks runs here: the
        // daemon has no code of its users in it.
        _runsOnLoops = runsOnLoops && _options.Protocol == HttpListenerProtocol.Http;
        _limits = LimitsOf(config);
        _proxyProtocol = config.Settings.ProxyProtocol;
        WebApplicationBuilder builder = EmptyHost.Create(logs);
        builder.Services.AddSingleton(transport);
        builder.Services.AddSingleton(meters);
        builder.Services.AddSingleton<ListenerCertificates>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.UseHttpLimits(_limits);
            foreach (var (socket, options) in sockets)
            {
                kestrel.Listen(EndPointOf(socket, options), Configure);
            }
        });
        _host = builder.Build();
        _server = _host.Services.GetRequiredService<IServer>();
    }

    /// <summary>Whether a listener is of layer 7.</summary>
    public static bool Serves(ListenerConfig listener) =>
        listener.Protocol is ListenerProtocol.Http or ListenerProtocol.Https;

    /// <summary>Whether this Kestrel would be built again just as it is: what differs is the sockets' own business.</summary>
    public bool Fits(ListenerConfig config, IEnumerable<Listener> sockets)
    {
        HttpListenerOptions wanted = OptionsOf(config);
        return _limits == LimitsOf(config)
            && _proxyProtocol == config.Settings.ProxyProtocol
            && sockets.SequenceEqual(_sockets.Select(s => s.Socket))
            && wanted == _options;
    }

    /// <summary>Reads the certificates again; those that cannot be used stay as they were, and are told.</summary>
    public IReadOnlyList<string> ReloadCertificates() =>
        _host.Services.GetRequiredService<ListenerCertificates>().Reload();

    /// <summary>The certificates that clients are shown; none of an http listener.</summary>
    public IReadOnlyList<ServedCertificate> Certificates =>
        _host.Services.GetRequiredService<ListenerCertificates>().Served;

    /// <summary>Takes the sockets over and serves.</summary>
    /// <param name="start">Starts Kestrel; it asks for each request whether the listener has been retired.</param>
    public Task StartAsync(Func<IServer, Func<bool>, Task> start) => start(_server, () => _retired);

    /// <summary>Has every answer be its connection's last: the next request is for whoever serves after this one.</summary>
    public void Retire() => _retired = true;

    /// <summary>Stops accepting and waits for connections to end.</summary>
    public Task StopAsync() => _server.StopAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private void Configure(ListenOptions listen) => (_runsOnLoops ? listen.RunOnLoop() : listen).UseHttpListener(_options);

    private LoopEndPoint EndPointOf(Listener socket, ListenerOptions options) => new(options)
    {
        Bound = socket,
        FirstByteTimeout = _options.FirstByteTimeout,
        RunsOnLoop = _runsOnLoops,
        ProxyProtocol = _proxyProtocol == ProxyProtocolMode.Required,
        Refusal = _options.Protocol == HttpListenerProtocol.Http ? ServiceUnavailable : default,
    };

    private static HttpLimits LimitsOf(ListenerConfig listener) =>
        listener.HttpLimits with { KeepAliveTimeout = listener.Settings.IdleTimeout };

    private static HttpListenerOptions OptionsOf(ListenerConfig listener) => new()
    {
        Protocol = listener.Protocol == ListenerProtocol.Https ? HttpListenerProtocol.Https : HttpListenerProtocol.Http,
        FirstByteTimeout = listener.Settings.FirstByteTimeout,
        Tls = listener.Tls is not { } tls ? null : new HttpTlsOptions
        {
            Certificates = [.. tls.Certificates.Select(c => new HttpCertificateOptions(c.CertificatePath, c.KeyPath, c.KeyPasswordFile))],
            MinimumVersion = tls.MinimumVersion,
            CipherSuites = tls.CipherSuites,
            ClientCertificate = tls.ClientCertificate switch
            {
                ClientCertificateMode.Require => ClientCertificatePolicy.Require,
                ClientCertificateMode.Request => ClientCertificatePolicy.Request,
                _ => ClientCertificatePolicy.None,
            },
            ClientCaPath = tls.ClientCaPath,
            OcspStapling = tls.OcspStapling,
            ForwardClientCertificate = tls.ForwardClientCertificate,
        },
    };
}
