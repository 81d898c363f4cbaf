namespace EdgeGate.Transport.ProxyProtocol;

/// <summary>Which form of the PROXY protocol's header a connection to an upstream begins with.</summary>
public enum ProxyProtocolVersion
{
    /// <summary>None.</summary>
    None,

    /// <summary>A line of text.</summary>
    V1,

    /// <summary>A binary block.</summary>
    V2,
}
