namespace EdgeGate.Http;

/// <summary>
/// What the <c>Metadata</c> of a cluster says of TLS to its <c>https://</c> destinations. Their certificates are always
/// verified, unless YARP's <c>HttpClient:DangerousAcceptAnyServerCertificate</c> says otherwise.
/// </summary>
public sealed record UpstreamTlsOptions
{
    /// <summary>Metadata key of <see cref="CaPath"/>.</summary>
    public const string CaPathKey = "EdgeGate.UpstreamCaPath";

    /// <summary>Metadata key of the certificate of <see cref="Certificate"/>.</summary>
    public const string CertificatePathKey = "EdgeGate.UpstreamCertificatePath";

    /// <summary>Metadata key of the private key of <see cref="Certificate"/>.</summary>
    public const string KeyPathKey = "EdgeGate.UpstreamKeyPath";

    /// <summary>Metadata key of the password file of <see cref="Certificate"/>.</summary>
    public const string KeyPasswordFileKey = "EdgeGate.UpstreamKeyPasswordFile";

    /// <summary>Metadata key of <see cref="ServerName"/>.</summary>
    public const string ServerNameKey = "EdgeGate.UpstreamServerName";

    /// <summary>All these keys.</summary>
    public static readonly IReadOnlyList<string> Keys =
        [CaPathKey, CertificatePathKey, KeyPathKey, KeyPasswordFileKey, ServerNameKey];

    /// <summary>PEM file of the authorities that sign the destinations' certificates; the system's store when null.</summary>
    public string? CaPath { get; init; }

    /// <summary>What the gateway shows where a destination asks for a certificate, or null.</summary>
    public HttpCertificateOptions? Certificate { get; init; }

    /// <summary>
    /// The name that the destinations' certificates must have; it is also what they are asked for, in SNI and in
    /// <c>Host</c>. Where the route passes the client's own <c>Host</c> on, HttpClient takes SNI from that. Null: the name
    /// of the address.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>The files that are named.</summary>
    public IEnumerable<string> Files => new[]
    {
        CaPath, Certificate?.CertificatePath, Certificate?.KeyPath, Certificate?.KeyPasswordFile,
    }.OfType<string>();

    /// <summary>Reads a cluster's metadata.</summary>
    /// <param name="metadata">The metadata; null for none.</param>
    /// <param name="folder">What relative paths start from; null: the current directory.</param>
    public static UpstreamTlsOptions Of(IReadOnlyDictionary<string, string>? metadata, string? folder)
    {
        return new UpstreamTlsOptions
        {
            CaPath = PathOf(CaPathKey),
            Certificate = PathOf(CertificatePathKey) is { } path
                ? new HttpCertificateOptions(path, PathOf(KeyPathKey), PathOf(KeyPasswordFileKey))
                : null,
            ServerName = metadata?.GetValueOrDefault(ServerNameKey),
        };

        string? PathOf(string key) => metadata?.GetValueOrDefault(key) is { Length: > 0 } path
            ? Path.GetFullPath(path, folder ?? Environment.CurrentDirectory)
            : null;
    }
}
