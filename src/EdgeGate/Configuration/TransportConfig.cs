namespace EdgeGate.Configuration;

internal sealed record TransportConfig
{
    /// <summary>Null is "auto": one per processor.</summary>
    public int? Loops { get; init; }

    public PollerChoice Poller { get; init; } = PollerChoice.Auto;

    /// <summary>Whether relays move bulk traffic inside the kernel.</summary>
    public SpliceChoice Splice { get; init; } = SpliceChoice.On;

    /// <summary>What carries HTTP/1.1 to cleartext upstreams.</summary>
    public HttpClientChoice HttpClient { get; init; } = HttpClientChoice.Own;
}
