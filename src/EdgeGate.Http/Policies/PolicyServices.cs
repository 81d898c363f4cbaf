using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Http.Policies;

/// <summary>What the policies need of the gateway around them.</summary>
public sealed record PolicyServices
{
    /// <summary>Where they log.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>Where they count.</summary>
    public required Meter Meter { get; init; }

    /// <summary>The name of the listener that a request came through; null where that is unknown.</summary>
    public required Func<HttpContext, string?> ListenerOf { get; init; }
}
