namespace EdgeGate.Configuration;

internal sealed record MetricsConfig
{
    /// <summary>How many connections are shown one by one, so that the number of series stays bounded.</summary>
    public int PerConnectionTop { get; init; } = 50;

    /// <summary>Where metrics are pushed to beside the scrape; null: nowhere.</summary>
    public OtlpConfig? Otlp { get; init; }
}
