namespace EdgeGate.Http;

/// <summary>A certificate that an https listener shows.</summary>
/// <param name="Path">The file that it was read from.</param>
/// <param name="Subject">Whom it names.</param>
/// <param name="NotBefore">From when it is valid.</param>
/// <param name="NotAfter">Until when it is valid.</param>
public sealed record ServedCertificate(string Path, string Subject, DateTimeOffset NotBefore, DateTimeOffset NotAfter);
