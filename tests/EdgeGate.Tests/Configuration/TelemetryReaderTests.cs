using EdgeGate.Configuration;

namespace EdgeGate.Tests.Configuration;

public sealed class TelemetryReaderTests
{
    [Fact]
    public async Task Nothing_is_logged_pushed_or_traced_unless_asked_for()
    {
        var config = await Loaded.GoodAsync(Loaded.Json());

        Assert.Null(config.AccessLog.Output);
        Assert.Null(config.Metrics.Otlp);
        Assert.Null(config.Tracing.Otlp);
    }

    [Fact]
    public async Task What_is_asked_for_is_read()
    {
        var config = await Loaded.GoodAsync(Loaded.Json(section: """
            ,
            "AccessLog": { "Output": "STDOUT", "Format": "text", "Requests": "Errors", "Connections": "Off", "Query": "Full" },
            "Metrics": { "Otlp": { "Endpoint": "http://10.0.0.1:4318", "Protocol": "HttpProtobuf", "Interval": "00:00:10" } },
            "Tracing": { "SampleRatio": 0.5, "Otlp": { "Endpoint": "https://collector.example.com" } }
            """));

        Assert.Equal(
            new AccessLogConfig
            {
                Output = AccessLogConfig.StandardOutput,
                Format = AccessLogFormat.Text,
                Requests = AccessLogLines.Errors,
                Connections = AccessLogLines.Off,
                Query = QueryStrings.Full,
            },
            config.AccessLog);
        Assert.Equal(
            new OtlpConfig
            {
                Endpoint = new Uri("http://10.0.0.1:4318"),
                Protocol = OtlpProtocol.HttpProtobuf,
                Interval = TimeSpan.FromSeconds(10),
            },
            config.Metrics.Otlp);
        Assert.Equal((0.5, "collector.example.com"), (config.Tracing.SampleRatio, config.Tracing.Otlp?.Endpoint?.Host));
    }

    [Theory]
    [InlineData("AccessLog", "\"Output\": \"/no/such/folder/log\"", "Output", "there is no folder /no/such/folder")]
    [InlineData("AccessLog", "\"Output\": \"/\"", "Output", "is a folder")]
    [InlineData("AccessLog", "\"Format\": \"Jsno\"", "Format", "Did you mean 'Json'?")]
    [InlineData("AccessLog", "\"Query\": true", "Query", "not one of Redacted, Full")]
    [InlineData("AccessLog", "\"Outptu\": \"stdout\"", "Outptu", "Did you mean 'Output'?")]
    [InlineData("Metrics", "\"Otlp\": { \"Endpoint\": \"collector:4317\" }", "Otlp:Endpoint", "not the URL of a collector")]
    [InlineData("Tracing", "\"SampleRatio\": 2", "SampleRatio", "not a fraction")]
    [InlineData("Tracing", "\"Otlp\": { \"Endpoint\": \"http://a\", \"Interval\": \"00:00:01\" }", "Otlp:Interval", "no such key")]
    public async Task What_is_wrong_is_said_with_its_path(string section, string key, string path, string message)
    {
        var error = await Loaded.ErrorAsync(Loaded.Json(section: $", \"{section}\": {{ {key} }}"));

        Assert.Equal($"EdgeGate:{section}:{path}", error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
