namespace EdgeGate.Http;

/// <summary>
/// One certificate and its private key: as PEM, in one file or in two, or as a PFX (PKCS #12, RFC 7292), which holds
/// both. What a file is shows in its content.
/// </summary>
/// <param name="CertificatePath">The certificate, followed by the intermediates that the other side needs.</param>
/// <param name="KeyPath">Its private key as PEM; null where it is in the same file.</param>
/// <param name="KeyPasswordFile">
/// A file whose first line opens an encrypted key (PKCS #8, RFC 5958) or PFX; null where neither is encrypted.
/// </param>
public sealed record HttpCertificateOptions(
    string CertificatePath, string? KeyPath = null, string? KeyPasswordFile = null);
