namespace EdgeGate.Http;

/// <summary>
/// The forms in which an upstream is told of the certificate that its client has shown. What clients send under these names
/// themselves is removed, on every listener.
/// </summary>
public enum ClientCertificateHeader
{
    /// <summary><c>Client-Cert</c>: the certificate itself (RFC 9440).</summary>
    ClientCert,

    /// <summary><c>X-Forwarded-Client-Cert</c>, as Envoy writes it: hash, subject and alternative names.</summary>
    XForwardedClientCert,

    /// <summary>
    /// <c>X-SSL-Client-Verify</c> (SUCCESS or NONE), <c>-S-DN</c>, <c>-I-DN</c>, <c>-Serial</c> and <c>-SHA256</c>, after
    /// nginx's variables: subject and issuer as of RFC 4514, serial number and fingerprint in hexadecimal digits.
    /// </summary>
    XSslClient,
}
