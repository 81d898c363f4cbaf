using EdgeGate.Http;
using EdgeGate.Http.Policies;

namespace EdgeGate.Configuration;

/// <summary>What is done to HTTP requests beside YARP: <c>EdgeGate:Http</c>.</summary>
internal sealed record HttpConfig
{
    public HttpPolicies Policies { get; init; } = new();

    public HttpLimits Limits { get; init; } = new();
}
