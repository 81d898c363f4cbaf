namespace EdgeGate.Configuration;

/// <summary>
/// A certificate and its key, as <see cref="Http.HttpCertificateOptions"/> says; a null key is in the same file. All paths
/// are absolute.
/// </summary>
internal sealed record CertificateConfig(string CertificatePath, string? KeyPath = null, string? KeyPasswordFile = null)
{
    /// <summary>When the certificate is valid; null until it has been read.</summary>
    public CertificateDates? Dates { get; init; }

    /// <summary>The files that it is made of.</summary>
    public IEnumerable<string> Files =>
        new[] { CertificatePath, KeyPath, KeyPasswordFile }.OfType<string>().Where(file => file.Length > 0);
}
