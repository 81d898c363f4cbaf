using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;

namespace EdgeGate.Http.Policies;

/// <summary>What the policies need of the gateway around them.</summary>
public sealed record PolicyServices
{
    /// <summary>Where they log.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>Counts the requests that a rate limit turned away, by <c>policy</c>.</summary>
    public required Counter<long> Rejected { get; init; }

    /// <summary>YARP's clusters.</summary>
    public required Func<IProxyStateLookup> Clusters { get; init; }

    /// <summary>The name of the listener that a request came through; null where that is unknown.</summary>
    public required Func<HttpContext, string?> ListenerOf { get; init; }
}
