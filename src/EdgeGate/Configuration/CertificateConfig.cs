namespace EdgeGate.Configuration;

/// <summary>A PEM certificate (its chain may follow) and its key; a null key is in the same file.</summary>
internal sealed record CertificateConfig(string CertificatePath, string? KeyPath);
