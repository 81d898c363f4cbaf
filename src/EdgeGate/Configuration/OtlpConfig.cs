namespace EdgeGate.Configuration;

/// <summary>
/// An OpenTelemetry collector. What is not said here the standard variables say: OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS,
/// _PROTOCOL and their like.
/// </summary>
internal sealed record OtlpConfig
{
    public Uri? Endpoint { get; init; }

    public OtlpProtocol? Protocol { get; init; }

    /// <summary>How often metrics are pushed; traces have their own batches.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);
}
