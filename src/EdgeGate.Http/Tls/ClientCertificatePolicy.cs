namespace EdgeGate.Http;

/// <summary>Whether a TLS client must say who it is.</summary>
public enum ClientCertificatePolicy
{
    /// <summary>It is not asked.</summary>
    None,

    /// <summary>It is asked, and may decline; a certificate that it does show must be valid.</summary>
    Request,

    /// <summary>It is asked, and without a valid certificate the handshake fails.</summary>
    Require,
}
