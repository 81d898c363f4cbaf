using System.Collections.Immutable;

namespace EdgeGate.Configuration;

/// <summary>How an https listener proves itself and whether its clients must. All paths are absolute.</summary>
internal sealed record TlsConfig
{
    public ImmutableArray<CertificateConfig> Certificates { get; init; } = [];

    public ClientCertificateMode ClientCertificate { get; init; } = ClientCertificateMode.None;

    /// <summary>A PEM file of the authorities that sign client certificates; null: those of the system.</summary>
    public string? ClientCaPath { get; init; }
}
