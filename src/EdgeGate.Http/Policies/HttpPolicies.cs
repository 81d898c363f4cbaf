using System.Collections.Immutable;
using System.Net;

namespace EdgeGate.Http.Policies;

/// <summary>
/// What the edge does to requests before and after YARP, all of it as one set, which a reload replaces. What is null or
/// empty is not there: no part of the pipeline is made for it.
/// </summary>
public sealed record HttpPolicies
{
    /// <summary>Sends clients that came without TLS to where there is TLS.</summary>
    public HttpsRedirectPolicy? HttpsRedirect { get; init; }

    /// <summary>Has browsers come by TLS only.</summary>
    public HstsPolicy? Hsts { get; init; }

    /// <summary>The proxies whose <c>X-Forwarded-</c> headers are believed.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];
}
