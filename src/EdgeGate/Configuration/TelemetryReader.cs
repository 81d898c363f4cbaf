namespace EdgeGate.Configuration;

/// <summary>Reads the sections about what EdgeGate tells of itself: <c>Metrics</c>, <c>AccessLog</c> and <c>Tracing</c>.</summary>
internal static class TelemetryReader
{
    public static MetricsConfig ReadMetrics(SectionReader section)
    {
        var metrics = new MetricsConfig();
        metrics = metrics with
        {
            PerConnectionTop = section.Integer("PerConnectionTop", 0, 1000) ?? metrics.PerConnectionTop,
            Otlp = ReadOtlp(section.Section("Otlp"), section.Has("Otlp"), hasInterval: true),
        };
        section.RejectUnknown();
        return metrics;
    }

    public static TracingConfig ReadTracing(SectionReader section)
    {
        var tracing = new TracingConfig();
        tracing = tracing with
        {
            Otlp = ReadOtlp(section.Section("Otlp"), section.Has("Otlp"), hasInterval: false),
            SampleRatio = section.Fraction("SampleRatio") ?? tracing.SampleRatio,
        };
        section.RejectUnknown();
        return tracing;
    }

    /// <param name="section">The section.</param>
    /// <param name="folder">What a relative file name starts from; null: the current directory.</param>
    public static AccessLogConfig ReadAccessLog(SectionReader section, string? folder)
    {
        var log = new AccessLogConfig();
        log = log with
        {
            Output = ReadOutput(section, folder),
            Format = section.Choice<AccessLogFormat>("Format") ?? log.Format,
            Requests = section.Choice<AccessLogLines>("Requests") ?? log.Requests,
            Connections = section.Choice<AccessLogLines>("Connections") ?? log.Connections,
            Query = section.Choice<QueryStrings>("Query") ?? log.Query,
        };
        section.RejectUnknown();
        return log;
    }

    private static string? ReadOutput(SectionReader section, string? folder)
    {
        string? text = section.Text("Output");
        if (string.IsNullOrWhiteSpace(text) || text.Equals("Off", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (text.Equals(AccessLogConfig.StandardOutput, StringComparison.OrdinalIgnoreCase))
        {
            return AccessLogConfig.StandardOutput;
        }

        string file = GatewayReader.Resolve(text, folder);
        if (Directory.Exists(file))
        {
            section.Error("Output", $"{file} is a folder; write a file name, \"stdout\" or \"Off\"");
        }
        else if (!Directory.Exists(Path.GetDirectoryName(file)))
        {
            section.Error(
                "Output", $"there is no folder {Path.GetDirectoryName(file)}; make it, or write \"stdout\" or \"Off\"");
        }

        return file;
    }

    private static OtlpConfig? ReadOtlp(SectionReader section, bool isThere, bool hasInterval)
    {
        var otlp = new OtlpConfig();
        otlp = otlp with
        {
            Endpoint = ReadEndpoint(section),
            Protocol = section.Choice<OtlpProtocol>("Protocol"),
            Interval = (hasInterval ? section.Time("Interval") : null) ?? otlp.Interval,
        };
        section.RejectUnknown();
        return isThere ? otlp : null;
    }

    private static Uri? ReadEndpoint(SectionReader section)
    {
        string? text = section.Text("Endpoint");
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https")
        {
            return endpoint;
        }

        section.Error("Endpoint", $"'{text}' is not the URL of a collector; write one, such as \"http://127.0.0.1:4317\"");
        return null;
    }
}
