using EdgeGate.Transport;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace EdgeGate.Telemetry;

/// <summary>OpenTelemetry's Prometheus exporter, and the meters that it shows.</summary>
internal static class Exporter
{
    private const string ScrapePath = "/metrics";

    /// <summary>The meters that are shown: ours and the framework's.</summary>
    public static readonly string[] Meters =
    [
        TransportMetrics.MeterName,
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Hosting",
        "System.Net.Http",
        "System.Runtime",
    ];

    /// <param name="services">The admin address's.</param>
    /// <param name="top">The connections that are shown one by one.</param>
    public static void AddExporter(this IServiceCollection services, TopConnections top)
    {
        services.AddSingleton<IStartupFilter>(
            new ScrapeAppendix(ScrapePath, () => TopConnectionsText.Write(top.Connections)));
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(Meters)
            .AddView("dotnet.assembly.count", "dotnet.assemblies") // Prometheus keeps the ending _count for histograms
            .AddView("dotnet.process.cpu.count", "dotnet.process.cpus")
            .AddView("dotnet.timer.count", "dotnet.timers")
            .SetExemplarFilter(ExemplarFilterType.TraceBased) // for scrapers of OpenMetrics, where a trace is recorded
            .AddPrometheusExporter(prometheus =>
            {
                prometheus.ScrapeEndpointPath = ScrapePath;
                prometheus.ScrapeResponseCacheDurationMilliseconds = 0; // a scrape shows what is, not what was
            }));
    }
}
