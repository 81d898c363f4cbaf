using System.Net.Security;

namespace EdgeGate.Http;

/// <summary>The TLS side of a listener.</summary>
public sealed record HttpTlsOptions
{
    /// <summary>
    /// The server's certificates. The client's server name (SNI, RFC 6066) chooses by the names within: first an
    /// exact one, then a wildcard; the first certificate serves everyone else.
    /// </summary>
    public IReadOnlyList<HttpCertificateOptions> Certificates { get; init; } = [];

    /// <summary>The oldest protocol that is spoken.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>
    /// The cipher suites that are spoken, in no order; empty for the platform's. With a list of its own a listener resumes
    /// no session: .NET keeps OpenSSL's context, and the tickets with it, only where no list is set.
    /// </summary>
    public IReadOnlyList<TlsCipherSuite> CipherSuites { get; init; } = [];

    /// <summary>Whether clients show a certificate. Where they do, no session is resumed: each is asked.</summary>
    public ClientCertificatePolicy ClientCertificate { get; init; }

    /// <summary>PEM file of the authorities that sign client certificates; the system's store when null.</summary>
    public string? ClientCaPath { get; init; }

    /// <summary>How upstreams are told of the certificate that a client has shown; empty: not at all.</summary>
    public IReadOnlyList<ClientCertificateHeader> ForwardClientCertificate { get; init; } = [];

    /// <summary>
    /// Whether handshakes carry the responder's word that the certificate is not revoked (RFC 6066, section 8). It is fetched
    /// in the background from the address within the certificate, kept for a day or until five minutes before it ends, and
    /// verified; a handshake never waits for it.
    /// </summary>
    public bool OcspStapling { get; init; }

    /// <summary>How long the handshake may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Lists are compared by what they hold.</summary>
    public bool Equals(HttpTlsOptions? other) =>
        other is not null
        && Certificates.SequenceEqual(other.Certificates)
        && CipherSuites.SequenceEqual(other.CipherSuites)
        && ForwardClientCertificate.SequenceEqual(other.ForwardClientCertificate)
        && (MinimumVersion, ClientCertificate, ClientCaPath, OcspStapling, HandshakeTimeout)
            == (other.MinimumVersion, other.ClientCertificate, other.ClientCaPath, other.OcspStapling, other.HandshakeTimeout);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Certificates.Count, ClientCertificate, ClientCaPath);
}
