namespace EdgeGate.Http;

/// <summary>The TLS side of a listener.</summary>
public sealed record HttpTlsOptions
{
    /// <summary>
    /// The server's certificates. The client's server name (SNI, RFC 6066) chooses by the names within: first an
    /// exact one, then a wildcard; the first certificate serves everyone else.
    /// </summary>
    public IReadOnlyList<HttpCertificateOptions> Certificates { get; init; } = [];

    /// <summary>Whether clients show a certificate.</summary>
    public ClientCertificatePolicy ClientCertificate { get; init; }

    /// <summary>PEM file of the authorities that sign client certificates; the system's store when null.</summary>
    public string? ClientCaPath { get; init; }

    /// <summary>How long the handshake may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
