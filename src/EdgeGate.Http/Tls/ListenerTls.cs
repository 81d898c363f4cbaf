using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace EdgeGate.Http.Tls;

/// <summary>
/// Chooses the handshake's settings by server name. They are built when the files are read and shared by all
/// handshakes, so that OpenSSL keeps its context and sessions can be resumed.
/// </summary>
internal sealed class ListenerTls
{
    private const string NoCertificate = "an https listener needs at least one certificate in Tls:Certificates";

    private readonly HttpTlsOptions _options;

    // Swapped whole on reload: a handshake sees the old set or the new one.
    private volatile ServerNameTable<SslServerAuthenticationOptions> _servers;
    private volatile IReadOnlyList<ServerCertificate> _certificates = [];

    public ListenerTls(HttpTlsOptions options)
    {
        _options = options;
        _servers = Load(options);
    }

    /// <summary>What is shown to clients now.</summary>
    public IEnumerable<ServedCertificate> Served => _certificates.Select(certificate => certificate.Served);

    /// <summary>Everything that is wrong with <paramref name="options"/>, not the first thing only.</summary>
    public static IEnumerable<string> Validate(HttpTlsOptions? options)
    {
        if (options is null || options.Certificates.Count == 0)
        {
            return [NoCertificate];
        }

        return options.Certificates.Select(files => ErrorOf(() => CertificateFiles.Load(files)))
            .Append(ErrorOf(() => LoadClientPolicy(options)))
            .OfType<string>();
    }

    /// <summary>Reads the files again; when they cannot be used the ones in service stay.</summary>
    /// <exception cref="InvalidDataException">A file cannot be used.</exception>
    public void Reload() => _servers = Load(_options);

    public ValueTask<SslServerAuthenticationOptions> SelectAsync(TlsHandshakeCallbackContext context) =>
        new(Select(context.ClientHelloInfo.ServerName));

    public SslServerAuthenticationOptions Select(string? serverName) => _servers.Find(serverName);

    private ServerNameTable<SslServerAuthenticationOptions> Load(HttpTlsOptions options)
    {
        if (options.Certificates.Count == 0)
        {
            throw new InvalidDataException(NoCertificate);
        }

        var clients = LoadClientPolicy(options);
        ServerCertificate[] certificates =
        [
            .. options.Certificates.Select(files => ServerCertificate.Load(files, options.OcspStapling, _certificates)),
        ];
        var servers = new ServerNameTable<SslServerAuthenticationOptions>(
            certificates.Select(server => (server.Names, Settings(server, options, clients))));
        _certificates = certificates;
        return servers;
    }

    private static string? ErrorOf(Action load)
    {
        try
        {
            load();
            return null;
        }
        catch (InvalidDataException unusable)
        {
            return unusable.Message;
        }
    }

    private static SslServerAuthenticationOptions Settings(
        ServerCertificate server, HttpTlsOptions options, X509ChainPolicy? clients) => new()
        {
            ServerCertificateContext = server.Context,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            EnabledSslProtocols = CipherSuites.ProtocolsOf(options.MinimumVersion, options.CipherSuites),
            CipherSuitesPolicy = PolicyOf(options.CipherSuites),
            ClientCertificateRequired = options.ClientCertificate is not ClientCertificatePolicy.None,

            // A resumed session remembers the client's certificate and not the intermediates that came with it, so that it
            // would be refused for want of them; and OpenSSL's context, which .NET shares between listeners of the same server
            // certificate, would resume sessions here whose clients were asked for none.
            AllowTlsResume = options.ClientCertificate is ClientCertificatePolicy.None,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = clients,
            RemoteCertificateValidationCallback = options.ClientCertificate switch
            {
                ClientCertificatePolicy.None => null,
                ClientCertificatePolicy.Request => static (_, certificate, _, errors) =>
                    certificate is null || errors is SslPolicyErrors.None,
                _ => static (_, certificate, _, errors) => certificate is not null && errors is SslPolicyErrors.None,
            },
        };

    private static X509ChainPolicy? LoadClientPolicy(HttpTlsOptions options)
    {
        if (options.ClientCertificate is ClientCertificatePolicy.None || options.ClientCaPath is not { } path)
        {
            return null;
        }

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(CertificateFiles.LoadAuthorities(path));
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // client authentication, RFC 5280
        return policy;
    }

    // Windows has one policy for the whole machine.
    private static CipherSuitesPolicy? PolicyOf(IReadOnlyList<TlsCipherSuite> suites) =>
        suites.Count == 0 || OperatingSystem.IsWindows() || OperatingSystem.IsAndroid() ? null : new CipherSuitesPolicy(suites);
}
