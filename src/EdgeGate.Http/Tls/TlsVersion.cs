namespace EdgeGate.Http;

/// <summary>Versions of TLS that an edge may speak; RFC 8996 has buried the older ones.</summary>
public enum TlsVersion
{
    /// <summary>RFC 5246.</summary>
    Tls12,

    /// <summary>RFC 8446.</summary>
    Tls13,
}
