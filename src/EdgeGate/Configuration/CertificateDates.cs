namespace EdgeGate.Configuration;

/// <summary>From when and until when a certificate is valid, and when it was looked at.</summary>
internal sealed record CertificateDates(DateTimeOffset NotBefore, DateTimeOffset NotAfter, DateTimeOffset Read);
