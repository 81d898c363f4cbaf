namespace EdgeGate.Http;

/// <summary>One server certificate, as a pair of PEM files.</summary>
/// <param name="CertificatePath">The certificate, followed by the intermediates that clients need.</param>
/// <param name="KeyPath">Its private key, not encrypted.</param>
public sealed record HttpCertificateOptions(string CertificatePath, string KeyPath);
