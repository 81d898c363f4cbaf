namespace EdgeGate.Http;

/// <summary>What an HTTP listener speaks.</summary>
public enum HttpListenerProtocol
{
    /// <summary>HTTP/1.1, and HTTP/2 for clients that open with its preface (RFC 9113, section 3.3).</summary>
    Http,

    /// <summary>HTTP/1.1 and HTTP/2 over TLS, chosen by ALPN (RFC 7301).</summary>
    Https,
}
