namespace EdgeGate.Configuration;

/// <summary>The line for each HTTP request and for the end of each layer-4 connection.</summary>
internal sealed record AccessLogConfig
{
    /// <summary>How standard output is called.</summary>
    public const string StandardOutput = "stdout";

    /// <summary>An absolute file name, or <see cref="StandardOutput"/>; null: nothing is logged.</summary>
    public string? Output { get; init; }

    public AccessLogFormat Format { get; init; } = AccessLogFormat.Json;

    public AccessLogLines Requests { get; init; } = AccessLogLines.All;

    public AccessLogLines Connections { get; init; } = AccessLogLines.All;

    /// <summary>Query strings carry tokens and names, so they are left out unless the operator wants them.</summary>
    public QueryStrings Query { get; init; } = QueryStrings.Redacted;
}
