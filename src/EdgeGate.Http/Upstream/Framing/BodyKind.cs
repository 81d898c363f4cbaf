namespace EdgeGate.Http.Upstream.Framing;

/// <summary>How the end of a response's body is known: RFC 9112, section 6.3.</summary>
internal enum BodyKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>After so many bytes.</summary>
    Length,

    /// <summary>After the last chunk.</summary>
    Chunked,

    /// <summary>When the upstream closes.</summary>
    UntilClose,

    /// <summary>It is no body any more: the connection speaks another protocol.</summary>
    Upgraded,
}
