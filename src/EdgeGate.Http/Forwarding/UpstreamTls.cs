using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGate.Http.Forwarding;

/// <summary>What a cluster's TLS is made of, read from its files.</summary>
internal sealed class UpstreamTls
{
    private readonly UpstreamTlsOptions _options;
    private readonly byte[] _content;
    private readonly X509ChainPolicy? _authorities;
    private readonly SslStreamCertificateContext? _certificate;

    private UpstreamTls(UpstreamTlsOptions options, byte[] content)
    {
        _options = options;
        _content = content;
        if (options.CaPath is { } ca)
        {
            _authorities = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            _authorities.CustomTrustStore.AddRange(CertificateFiles.LoadAuthorities(ca));
            _authorities.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // server authentication, RFC 5280
        }

        if (options.Certificate is { } files)
        {
            var (leaf, chain) = CertificateFiles.Load(files);
            _certificate = SslStreamCertificateContext.Create(leaf, chain, offline: true);
        }
    }

    /// <summary>The name that destinations are asked for, and must prove; null: that of their address.</summary>
    public string? ServerName => _options.ServerName;

    /// <summary>Reads the files, unless they hold what they held before.</summary>
    /// <exception cref="InvalidDataException">A file cannot be used.</exception>
    public static UpstreamTls Load(UpstreamTlsOptions options, UpstreamTls? before)
    {
        byte[] content = ContentOf(options);
        return before is not null && before._options == options && before._content.AsSpan().SequenceEqual(content)
            ? before
            : new UpstreamTls(options, content);
    }

    /// <summary>Has a handler do as the cluster says.</summary>
    public void Configure(SslClientAuthenticationOptions ssl)
    {
        ssl.CertificateChainPolicy = _authorities;
        ssl.ClientCertificateContext = _certificate;
        if (ServerName is { } name)
        {
            // The name that was asked for may be the client's choice; what must be proved is not.
            ssl.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
                && certificate is X509Certificate2 shown
                && shown.MatchesHostname(name, allowWildcards: true, allowCommonName: false);
        }
    }

    private static byte[] ContentOf(UpstreamTlsOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in options.Files)
        {
            try
            {
                hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
            }
            catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
            {
                throw new InvalidDataException($"{file} cannot be read: {unusable.Message}", unusable);
            }
        }

        return hash.GetHashAndReset();
    }
}
