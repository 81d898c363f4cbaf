using System.Net;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Policies;

/// <summary>
/// One daemon that redirects to https on one listener, says HSTS, believes proxies at 127.0.0.2 and in 10.0.0.0/8, and
/// takes a thousand bytes a request.
/// </summary>
public sealed class EdgeHeadersFixture : IAsyncLifetime
{
    private readonly DaemonConfiguration _configuration = new();
    private readonly TestCertificate _certificate = new(["localhost"]);
    private readonly RawUpstream _mirror = MirrorUpstream.Start(
        CancellationToken.None, "Strict-Transport-Security: max-age=1\r\n");
    private DaemonProcess? _daemon;

    internal IPEndPoint Redirecting { get; private set; } = null!;

    internal IPEndPoint Plain { get; private set; } = null!;

    internal IPEndPoint Secure { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Plain = new IPEndPoint(IPAddress.Loopback, _configuration.Proxy("plain", _mirror.Address).Port);
        Redirecting = _configuration.Listen("redirecting", "http");
        Secure = _configuration.Listen("secure", "https", more: $$"""
            { "Tls": { "Certificates": [ {
                "CertificatePath": "{{_certificate.Files.CertificatePath}}", "KeyPath": "{{_certificate.Files.KeyPath}}" } ] } }
            """);
        _configuration.Route("large", "/large", "plain", """{ "MaxRequestBodySize": 100000 }""");
        _configuration.With("Http", """
            {
              "HttpsRedirect": { "Listeners": ["redirecting"] },
              "Hsts": { "MaxAge": "365.00:00:00", "IncludeSubDomains": true, "Preload": true },
              "ForwardedHeaders": { "TrustedProxies": ["127.0.0.2", "10.0.0.0/8"] },
              "Limits": { "MaxRequestBodySize": 1000, "MaxRequestHeadersTotalSize": 4096, "MaxRequestHeaderCount": 50 }
            }
            """);
        _daemon = await DaemonProcess.StartAsync(_configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await (_daemon?.DisposeAsync() ?? default);
        _mirror.Dispose();
        _certificate.Dispose();
    }
}
