using EdgeGate.Http;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>How a test's gateway differs from the default one.</summary>
internal sealed record GatewaySettings
{
    public HttpGatewayOptions Gateway { get; init; } = new();

    public HttpListenerOptions Listener { get; init; } = new();

    public HttpLimits Limits { get; init; } = new();

    /// <summary>The HTTP version spoken to the upstream: 1.1 or 2.</summary>
    public string UpstreamVersion { get; init; } = "1.1";

    /// <summary>More keys of the <c>ReverseProxy</c> section.</summary>
    public Dictionary<string, string?> ReverseProxy { get; init; } = [];
}
