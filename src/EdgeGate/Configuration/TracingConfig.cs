namespace EdgeGate.Configuration;

/// <summary>Spans for HTTP requests, sent to a collector by OTLP.</summary>
internal sealed record TracingConfig
{
    /// <summary>Where spans go; null: nowhere, and none is made.</summary>
    public OtlpConfig? Otlp { get; init; }

    /// <summary>
    /// The share of traces that is sent, by their ids. A client's own wish to be sampled is not followed: anyone could
    /// have everything sent.
    /// </summary>
    public double SampleRatio { get; init; } = 0.01;
}
