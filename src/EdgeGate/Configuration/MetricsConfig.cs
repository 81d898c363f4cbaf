namespace EdgeGate.Configuration;

internal sealed record MetricsConfig
{
    /// <summary>How many connections are shown one by one, so that the number of series stays bounded.</summary>
    public int PerConnectionTop { get; init; } = 50;
}
