using System.Text;
using EdgeGate.Http.Listening;
using EdgeGate.Http.Tls;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeGate.Http;

/// <summary>Makes Kestrel's endpoints the gateway's listeners.</summary>
public static class HttpListenerExtensions
{
    /// <summary>Sets up one endpoint as <paramref name="listener"/> says.</summary>
    /// <exception cref="InvalidDataException">An https listener's certificate, key or CA file cannot be used.</exception>
    public static ListenOptions UseHttpListener(this ListenOptions listen, HttpListenerOptions listener)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(listener);

        return listener.Protocol is HttpListenerProtocol.Https ? listen.UseTls(listener) : listen.UseCleartext(listener);
    }

    /// <summary>
    /// Sets the server-wide limits, and what an edge wants beside them: no <c>Server</c> header of our own, header
    /// bytes passed as they are, and no line that ends without a carriage return. The scheme that an HTTP/2 client claims must be that of its connection:
    /// believing it otherwise would let anyone pretend to have come by TLS.
    /// </summary>
    public static KestrelServerOptions UseHttpLimits(this KestrelServerOptions server, HttpLimits limits)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(limits);

        // Kestrel would take a bare line feed for a line's end, which RFC 9112, section 2.2, allows. Where a proxy in
        // front reads it as part of a value, the two see different requests; so it is refused. Kestrel has no option
        // for it, only this switch, which it reads when the server is built.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", isEnabled: true);
        server.AddServerHeader = false;
        server.AllowAlternateSchemes = false;
        server.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        server.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        Apply(limits, server.Limits);
        return server;
    }

    private static void Apply(HttpLimits limits, KestrelServerLimits kestrel)
    {
        kestrel.RequestHeadersTimeout = limits.RequestHeadersTimeout;
        kestrel.KeepAliveTimeout = limits.KeepAliveTimeout;
        kestrel.MaxRequestLineSize = limits.MaxRequestLineBytes;
        kestrel.MaxRequestHeadersTotalSize = limits.MaxRequestHeadersBytes;
        kestrel.MaxRequestHeaderCount = limits.MaxRequestHeaders;
        kestrel.MaxRequestBodySize = limits.MaxRequestBodyBytes;
        kestrel.MinRequestBodyDataRate = new MinDataRate(limits.MinBytesPerSecond, limits.MinBytesGracePeriod);
        kestrel.MinResponseDataRate = new MinDataRate(limits.MinBytesPerSecond, limits.MinBytesGracePeriod);
        kestrel.Http2.MaxStreamsPerConnection = limits.MaxHttp2Streams;
        kestrel.Http2.MaxRequestHeaderFieldSize = limits.MaxRequestHeadersBytes;
        kestrel.Http2.InitialStreamWindowSize = limits.Http2StreamWindowBytes;
        kestrel.Http2.InitialConnectionWindowSize = limits.Http2ConnectionWindowBytes;
    }

    private static ListenOptions UseCleartext(this ListenOptions listen, HttpListenerOptions listener)
    {
        ForcedProtocol.EnsureSupported();
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => new CleartextProtocolSelector(next, listener.FirstByteTimeout).OnConnectionAsync);
        return listen;
    }

    private static ListenOptions UseTls(this ListenOptions listen, HttpListenerOptions listener)
    {
        var options = listener.Tls ?? new HttpTlsOptions();
        var tls = new ListenerTls(options);
        listen.ApplicationServices.GetService<ListenerCertificates>()?.Add(tls);
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        if (options.ForwardClientCertificate.Count > 0)
        {
            listen.Use(next => connection =>
            {
                connection.Features.Set(new ClientIdentity(options.ForwardClientCertificate));
                return next(connection);
            });
        }

        return listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = tls.SelectAsync,
            HandshakeTimeout = options.HandshakeTimeout,
        });
    }
}
