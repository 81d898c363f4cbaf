using EdgeGate.Transport;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace EdgeGate.Telemetry;

/// <summary>OpenTelemetry's Prometheus exporter, and the meters that it shows.</summary>
internal static class Exporter
{
    private static readonly string[] Meters =
    [
        TransportMetrics.MeterName,
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Hosting",
        "System.Net.Http",
        "System.Runtime",
    ];

    public static void AddExporter(this IServiceCollection services) =>
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(Meters)
            .AddPrometheusExporter(prometheus =>
            {
                prometheus.ScrapeEndpointPath = "/metrics";
                prometheus.ScrapeResponseCacheDurationMilliseconds = 0; // a scrape shows what is, not what was
            }));
}
