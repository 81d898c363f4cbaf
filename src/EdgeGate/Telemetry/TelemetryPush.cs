using EdgeGate.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EdgeGate.Telemetry;

/// <summary>
/// What is sent to a collector by OTLP, where the configuration asks for it: metrics beside the scrape, and traces. Each
/// stands on its own and not in a host, so that OpenTelemetry's standard variables are read.
/// </summary>
internal sealed class TelemetryPush : IDisposable
{
    private readonly MeterProvider? _metrics;
    private readonly TracerProvider? _traces;

    private TelemetryPush(MeterProvider? metrics, TracerProvider? traces)
    {
        _metrics = metrics;
        _traces = traces;
    }

    /// <summary>Begins to send; what is not asked for does not exist.</summary>
    public static TelemetryPush Start(GatewayConfig config) => new(
        config.Metrics.Otlp is { } metrics ? StartMetrics(metrics) : null,
        config.Tracing.Otlp is { } traces ? StartTraces(traces) : null);

    /// <summary>Sends what is left, and ends.</summary>
    public void Dispose()
    {
        _metrics?.Dispose();
        _traces?.Dispose();
    }

    private static MeterProvider StartMetrics(OtlpConfig otlp) => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(Describe)
        .AddMeter(Exporter.Meters)
        .SetExemplarFilter(ExemplarFilterType.TraceBased)
        .AddOtlpExporter((exporter, reader) =>
        {
            Apply(otlp, exporter, "v1/metrics");
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)otlp.Interval.TotalMilliseconds;
        })
        .Build();

    // Every span is sent: RequestTraces makes none of a request that is not sampled.
    private static TracerProvider StartTraces(OtlpConfig otlp) => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(Describe)
        .SetSampler(new AlwaysOnSampler())
        .AddSource(RequestTrace.SourceName)
        .AddOtlpExporter(exporter => Apply(otlp, exporter, "v1/traces"))
        .Build();

    private static void Describe(ResourceBuilder resource) => resource.AddService(
        "edgegate",
        serviceVersion: typeof(TelemetryPush).Assembly.GetName().Version?.ToString(3),
        serviceInstanceId: Environment.MachineName).AddEnvironmentVariableDetector();

    private static void Apply(OtlpConfig otlp, OtlpExporterOptions exporter, string path)
    {
        if (otlp.Protocol is { } protocol)
        {
            exporter.Protocol = protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        }

        if (otlp.Endpoint is { } endpoint)
        {
            // An end point set in code is taken as it is; over HTTP each signal has a path of its own.
            exporter.Endpoint = exporter.Protocol == OtlpExportProtocol.HttpProtobuf && endpoint.AbsolutePath == "/"
                ? new Uri(endpoint, path)
                : endpoint;
        }
    }
}
