using System.Collections.Immutable;
using System.Net.Security;
using EdgeGate.Http;

namespace EdgeGate.Configuration;

/// <summary>How an https listener proves itself and whether its clients must. All paths are absolute.</summary>
internal sealed record TlsConfig
{
    public ImmutableArray<CertificateConfig> Certificates { get; init; } = [];

    /// <summary>The oldest protocol that is spoken.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>The cipher suites that are spoken; empty: the default ones.</summary>
    public ImmutableArray<TlsCipherSuite> CipherSuites { get; init; } = [];

    public ClientCertificateMode ClientCertificate { get; init; } = ClientCertificateMode.None;

    /// <summary>A PEM file of the authorities that sign client certificates; null: those of the system.</summary>
    public string? ClientCaPath { get; init; }

    /// <summary>How upstreams are told of the certificate that a client has shown.</summary>
    public ImmutableArray<ClientCertificateHeader> ForwardClientCertificate { get; init; } = [];

    /// <summary>Whether the responder's word that a certificate is not revoked goes with it.</summary>
    public bool OcspStapling { get; init; }

    /// <summary>Every file that it names.</summary>
    public IEnumerable<string> Files =>
        Certificates.SelectMany(certificate => certificate.Files).Concat(ClientCaPath is { } ca ? [ca] : []);
}
