namespace EdgeGate.Http;

/// <summary>What one client may cost, in bytes and in time. Kestrel has one set for all its listeners.</summary>
public sealed record HttpLimits
{
    /// <summary>How long a request's header may take from its first byte; against clients that drip it.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection without a request stays open.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>The request line's greatest length.</summary>
    public int MaxRequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>The greatest size of all of a request's headers together.</summary>
    public int MaxRequestHeadersBytes { get; init; } = 32 * 1024;

    /// <summary>The greatest number of headers in a request.</summary>
    public int MaxRequestHeaders { get; init; } = 100;

    /// <summary>
    /// The greatest request body; null is without bound, the default. A gateway passes a body on as it comes and
    /// stores none of it, and only the service behind knows how large an upload may be. HAProxy and Envoy do the
    /// same; nginx's one mebibyte is what its users trip over first.
    /// </summary>
    public long? MaxRequestBodyBytes { get; init; }

    /// <summary>The slowest pace, in bytes a second, at which a client may send a body or take a response.</summary>
    public double MinBytesPerSecond { get; init; } = 240;

    /// <summary>
    /// How long a client may stand still before that pace counts. Kestrel's five seconds cut off a telephone in a
    /// tunnel; nginx grants sixty.
    /// </summary>
    public TimeSpan MinBytesGracePeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Streams that one HTTP/2 connection may hold open.</summary>
    public int MaxHttp2Streams { get; init; } = 100;

    /// <summary>
    /// What an HTTP/2 client may send ahead on one stream: 256 KiB is 20 Mbit/s at a round trip of 100 ms, while the
    /// protocol's own 64 KiB would starve an upload.
    /// </summary>
    public int Http2StreamWindowBytes { get; init; } = 256 * 1024;

    /// <summary>What it may send ahead on the whole connection, and so what a stalled upstream can make us hold.</summary>
    public int Http2ConnectionWindowBytes { get; init; } = 1024 * 1024;
}
