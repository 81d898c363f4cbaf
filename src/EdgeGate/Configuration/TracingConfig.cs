namespace EdgeGate.Configuration;

/// <summary>Spans for HTTP requests, sent to a collector by OTLP.</summary>
internal sealed record TracingConfig
{
    /// <summary>Where spans go; null: nowhere, and none is made.</summary>
    public OtlpConfig? Otlp { get; init; }

    /// <summary>
    /// The share of traces that is sent, by their ids. A client's flags do not count; the id of a trace that it
    /// began does, and it can choose one: the exporter's bounded queue is what holds then.
    /// </summary>
    public double SampleRatio { get; init; } = 0.01;
}
