using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Http;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>Layer 7: Kestrel on the event loops, with the HTTP gateway on top.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private static readonly byte[] ServiceUnavailable =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly WebApplication _app;

    public HttpServer(
        GatewayConfig config, IConfigurationSection reverseProxy, TransportServices transport, ILoggerFactory logs)
    {
        ListenerConfig[] listeners = [.. config.Listeners.Where(Serves)];
        WebApplicationBuilder builder = EmptyHost.Create(logs);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(transport);
        builder.Services.AddSingleton<IConnectionListenerFactory, LoopTransportFactory>();
        builder.Services.AddHttpGateway(reverseProxy, new HttpGatewayOptions
        {
            ConnectTimeout = listeners.Max(l => l.Settings.ConnectTimeout),
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Kestrel has one set of limits for all its listeners: the longest wish counts.
            kestrel.UseHttpLimits(new HttpLimits { KeepAliveTimeout = LongestIdle(listeners) });
            foreach (ListenerConfig listener in listeners)
            {
                Listen(kestrel, listener);
            }
        });

        _app = builder.Build();
        _app.MapHttpGateway();
    }

    /// <summary>Whether a listener is of layer 7.</summary>
    public static bool Serves(ListenerConfig listener) =>
        listener.Protocol is ListenerProtocol.Http or ListenerProtocol.Https;

    /// <exception cref="IOException">A listener cannot bind; the message names it.</exception>
    public async Task BindAsync()
    {
        try
        {
            await _app.StartAsync();
        }
        catch (IOException e) when (e.InnerException is AddressInUseException named)
        {
            // Kestrel puts the address in front, and the listener's name out of sight.
            throw new IOException(named.Message, e);
        }
    }

    /// <summary>Reads the certificates again; those that cannot be used stay as they were, and are told.</summary>
    public IReadOnlyList<string> ReloadCertificates() =>
        _app.Services.GetRequiredService<ListenerCertificates>().Reload();

    /// <summary>Stops accepting and waits for requests to end; whoever drains sees to the deadline.</summary>
    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Listen(KestrelServerOptions kestrel, ListenerConfig listener)
    {
        var quota = new ListenerQuota(listener.Settings.MaxConnections ?? long.MaxValue);
        foreach (IPEndPoint endPoint in listener.Bind.EndPoints)
        {
            var loopEndPoint = new LoopEndPoint(TransportOptions.Of(listener, endPoint, quota))
            {
                FirstByteTimeout = listener.Settings.FirstByteTimeout,
                Refusal = listener.Protocol == ListenerProtocol.Http ? ServiceUnavailable : default,
            };
            kestrel.Listen(loopEndPoint, listen => listen.UseHttpListener(HttpOptions(listener)));
        }
    }

    private static HttpListenerOptions HttpOptions(ListenerConfig listener) => new()
    {
        Protocol = listener.Protocol == ListenerProtocol.Https ? HttpListenerProtocol.Https : HttpListenerProtocol.Http,
        FirstByteTimeout = listener.Settings.FirstByteTimeout,
        Tls = listener.Tls is not { } tls ? null : new HttpTlsOptions
        {
            Certificates = [.. tls.Certificates.Select(c => new HttpCertificateOptions(c.CertificatePath, c.KeyPath ?? c.CertificatePath))],
            ClientCertificate = tls.ClientCertificate switch
            {
                ClientCertificateMode.Require => ClientCertificatePolicy.Require,
                ClientCertificateMode.Request => ClientCertificatePolicy.Request,
                _ => ClientCertificatePolicy.None,
            },
            ClientCaPath = tls.ClientCaPath,
        },
    };

    private static TimeSpan LongestIdle(ListenerConfig[] listeners)
    {
        TimeSpan[] wishes = [.. listeners.Select(l => l.Settings.IdleTimeout)];
        return wishes.Contains(Timeout.InfiniteTimeSpan) ? Timeout.InfiniteTimeSpan : wishes.Max();
    }
}
