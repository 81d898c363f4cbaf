namespace EdgeGate.Transport.ProxyProtocol;

/// <summary>What kind of addresses a PROXY header carries.</summary>
public enum ProxyFamily
{
    /// <summary>None: the connection's own addresses stay.</summary>
    Unspecified,

    /// <summary>IPv4.</summary>
    IPv4,

    /// <summary>IPv6.</summary>
    IPv6,

    /// <summary>Unix sockets, whose paths say nothing on another machine.</summary>
    Unix,
}
