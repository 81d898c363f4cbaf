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

    /// <summary>How many requests are let through, by the names that routes give; <c>Default</c> is for all that name none.</summary>
    public IReadOnlyDictionary<string, RateLimitPolicy> RateLimits { get; init; } = Named<RateLimitPolicy>();

    /// <summary>Who may come, by the names that routes give.</summary>
    public IReadOnlyDictionary<string, AccessPolicy> Access { get; init; } = Named<AccessPolicy>();

    /// <summary>Which scripts of other sites may read answers, by the names that routes give.</summary>
    public IReadOnlyDictionary<string, CorsRule> Cors { get; init; } = Named<CorsRule>();

    /// <summary>How long a request may take, by the names that routes give.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Timeouts { get; init; } = Named<TimeSpan>();

    /// <summary>Whether a route has a time-out, named or its own.</summary>
    public bool RoutesHaveTimeouts { get; init; }

    /// <summary>Compresses answers.</summary>
    public CompressionPolicy? Compression { get; init; }

    /// <summary>Keeps answers.</summary>
    public OutputCachePolicies? OutputCache { get; init; }

    /// <summary>What clients are shown of statuses that the gateway itself gives.</summary>
    public IReadOnlyDictionary<int, ErrorPage> ErrorPages { get; init; } = ImmutableDictionary<int, ErrorPage>.Empty;

    /// <summary>Turns everybody away, but for a few.</summary>
    public MaintenancePolicy? Maintenance { get; init; }

    /// <summary>The files whose change changes the policies, in absolute paths.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>
    /// This set, with what another one names and it does not: while routes change, a request may still come by an old one,
    /// and must not find its policy gone.
    /// </summary>
    internal HttpPolicies AndNamesOf(HttpPolicies old) => this with
    {
        RateLimits = Merge(RateLimits, old.RateLimits, withDefault: false),
        Access = Merge(Access, old.Access),
        Cors = Merge(Cors, old.Cors, withDefault: false),
        Timeouts = Merge(Timeouts, old.Timeouts),
        RoutesHaveTimeouts = RoutesHaveTimeouts || old.RoutesHaveTimeouts,
        OutputCache = OutputCache is null || old.OutputCache is null
            ? OutputCache ?? old.OutputCache
            : OutputCache with { Policies = Merge(OutputCache.Policies, old.OutputCache.Policies) },
    };

    private static ImmutableDictionary<string, T> Named<T>() => ImmutableDictionary.Create<string, T>(StringComparer.OrdinalIgnoreCase);

    // Default may hold for routes that name nothing, and then it would stay until the reload after.
    private static ImmutableDictionary<string, T> Merge<T>(
        IReadOnlyDictionary<string, T> fresh, IReadOnlyDictionary<string, T> old, bool withDefault = true) =>
        Named<T>().AddRange(fresh.Concat(old.Where(policy => !fresh.ContainsKey(policy.Key)
            && (withDefault || !policy.Key.Equals("Default", StringComparison.OrdinalIgnoreCase)))));
}
