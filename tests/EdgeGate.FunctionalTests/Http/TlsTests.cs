using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeGate.FunctionalTests.Http;

public sealed class TlsTests : HttpTests
{
    [Theory, OnEachTransport]
    public async Task Certificate_follows_the_server_name(GatewayTransport transport)
    {
        using var first = new TestCertificate(["first.test"]);
        using var exact = new TestCertificate(["a.wild.test"]);
        using var wildcard = new TestCertificate(["*.wild.test", "other.test"]);
        await using var gateway = await StartAsync(transport, new HttpTlsOptions
        {
            Certificates = [first.Files, wildcard.Files, exact.Files],
        });

        foreach (var (name, expected) in new[]
        {
            ("first.test", first), ("A.wild.test", exact), ("b.wild.test", wildcard), ("other.test", wildcard),
            ("c.b.wild.test", first), ("unknown.test", first),
        })
        {
            await using var stream = await HandshakeAsync(gateway, name);
            Assert.Equal(expected.Certificate.Thumbprint, Thumbprint(stream));
        }
    }

    [Theory, OnEachTransport]
    public async Task Alpn_offers_both_versions(GatewayTransport transport)
    {
        using var certificate = new TestCertificate(["a.test"]);
        await using var gateway = await StartAsync(transport, new HttpTlsOptions { Certificates = [certificate.Files] });

        foreach (var protocol in new[] { SslApplicationProtocol.Http2, SslApplicationProtocol.Http11 })
        {
            await using var stream = await HandshakeAsync(gateway, "a.test", protocol: protocol);
            Assert.Equal(protocol, stream.NegotiatedApplicationProtocol);
        }
    }

    [Theory]
    [OnEachTransport(ClientCertificatePolicy.None, "none", true)]
    [OnEachTransport(ClientCertificatePolicy.Request, "none", true)]
    [OnEachTransport(ClientCertificatePolicy.Request, "signed", true)]
    [OnEachTransport(ClientCertificatePolicy.Request, "stranger", false)]
    [OnEachTransport(ClientCertificatePolicy.Require, "none", false)]
    [OnEachTransport(ClientCertificatePolicy.Require, "signed", true)]
    [OnEachTransport(ClientCertificatePolicy.Require, "stranger", false)]
    public async Task Client_certificate_is_checked_as_configured(
        GatewayTransport transport, ClientCertificatePolicy policy, string shown, bool accepted)
    {
        using var server = new TestCertificate(["a.test"]);
        using var authority = new TestCertificate(["authority"]);
        using var signed = new TestCertificate(["client"], authority);
        using var stranger = new TestCertificate(["stranger"]);
        await using var gateway = await StartAsync(transport, new HttpTlsOptions
        {
            Certificates = [server.Files],
            ClientCertificate = policy,
            ClientCaPath = authority.Files.CertificatePath,
        });
        var client = shown switch { "signed" => signed, "stranger" => stranger, _ => null };

        var served = ServedAsync(gateway, client?.Certificate);

        Assert.Equal(accepted, await served);
    }

    [Theory, OnEachTransport]
    public async Task Renewed_certificate_is_served_after_a_reload(GatewayTransport transport)
    {
        using var served = new TestCertificate(["a.test"]);
        using var renewed = new TestCertificate(["a.test"]);
        await using var gateway = await StartAsync(transport, new HttpTlsOptions { Certificates = [served.Files] });
        var certificates = gateway.Services.GetRequiredService<ListenerCertificates>();

        await File.WriteAllTextAsync(served.KeyPath, "no key", Token);
        Assert.Single(certificates.Reload());
        await using (var stream = await HandshakeAsync(gateway, "a.test"))
        {
            Assert.Equal(served.Certificate.Thumbprint, Thumbprint(stream));
        }

        File.Copy(renewed.Files.CertificatePath, served.Files.CertificatePath, overwrite: true);
        File.Copy(renewed.KeyPath, served.KeyPath, overwrite: true);
        Assert.Empty(certificates.Reload());
        await using (var stream = await HandshakeAsync(gateway, "a.test"))
        {
            Assert.Equal(renewed.Certificate.Thumbprint, Thumbprint(stream));
        }
    }

    private static string Thumbprint(SslStream stream) => ((X509Certificate2)stream.RemoteCertificate!).Thumbprint;

    private static Task<GatewayHost> StartAsync(GatewayTransport transport, HttpTlsOptions tls) =>
        GatewayHost.StartAsync(transport, new Uri("http://127.0.0.1:1"), new GatewaySettings
        {
            Listener = new HttpListenerOptions { Protocol = HttpListenerProtocol.Https, Tls = tls },
        });

    /// <summary>With TLS 1.3 a client learns of its refusal only when it reads; so this asks for something.</summary>
    private async Task<bool> ServedAsync(GatewayHost gateway, X509Certificate2? client)
    {
        try
        {
            await using var stream = await HandshakeAsync(gateway, "a.test", client, SslApplicationProtocol.Http11);
            await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"u8.ToArray(), Token);
            return await stream.ReadAsync(new byte[1], Token) == 1;
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private async Task<SslStream> HandshakeAsync(
        GatewayHost gateway, string name, X509Certificate2? client = null, SslApplicationProtocol? protocol = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(gateway.EndPoint, Token);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            ApplicationProtocols = protocol is { } one ? [one] : null,
            ClientCertificateContext =
                client is null ? null : SslStreamCertificateContext.Create(client, null, offline: true),
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        }, Token);
        return stream;
    }
}
