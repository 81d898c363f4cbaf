using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http.Policies.RateLimits;

/// <summary>
/// One policy at work: a limiter of .NET's for each source, which goes when its source has been silent. A flood from ever
/// new sources, as whoever has an IPv6 network can send it, must not fill the memory: beyond <see cref="MaxSources"/>, new
/// ones share limiters, while those that are known keep theirs.
/// </summary>
internal sealed class SourceLimiters : IAsyncDisposable
{
    /// <summary>Sources with a limiter of their own; each takes about half a kilobyte.</summary>
    public const int MaxSources = 1 << 16;

    private const int SharedLimiters = 1 << 10;

    private readonly ConcurrentDictionary<SourceKey, byte> _known = new();
    private readonly PartitionedRateLimiter<HttpContext> _limiters;
    private readonly int _maxSources;
    private int _count;

    public SourceLimiters(RateLimitPolicy policy, int maxSources = MaxSources)
    {
        Policy = policy;
        _maxSources = maxSources;
        _limiters = PartitionedRateLimiter.Create<HttpContext, SourceKey>(
            context => RateLimitPartition.Get(PartitionOf(KeyOf(context)), Create));
    }

    public RateLimitPolicy Policy { get; }

    /// <summary>How many limiters there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a permit if there is one; whoever may wait asks <see cref="AcquireAsync"/> then.</summary>
    public RateLimitLease AttemptAcquire(HttpContext context) => _limiters.AttemptAcquire(context);

    /// <summary>Waits in the queue for a permit.</summary>
    public ValueTask<RateLimitLease> AcquireAsync(HttpContext context) =>
        _limiters.AcquireAsync(context, 1, context.RequestAborted);

    public ValueTask DisposeAsync() => _limiters.DisposeAsync();

    private SourceKey KeyOf(HttpContext context)
    {
        switch (Policy.By)
        {
            case RateLimitScope.Route:
                return new SourceKey(0, context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>()?.Config.RouteId ?? "-");
            case RateLimitScope.Header when context.Request.Headers.TryGetValue(Policy.Header, out var value) && value.Count > 0:
                return SourceKey.Of(value.ToString());
            default:
                return SourceKey.Of(context.Connection.RemoteIpAddress, Policy.PrefixV4, Policy.PrefixV6);
        }
    }

    // Two that come at once may both still find the last place: the bound is not exact, and need not be.
    private SourceKey PartitionOf(SourceKey key) =>
        Count < _maxSources || _known.ContainsKey(key) ? key : key.Shared(SharedLimiters);

    private RateLimiter Create(SourceKey key)
    {
        _known[key] = 0;
        Interlocked.Increment(ref _count);
        return new TrackedLimiter(Create(), () =>
        {
            _known.TryRemove(key, out _);
            Interlocked.Decrement(ref _count);
        });
    }

    private RateLimiter Create() => Policy.Kind switch
    {
        RateLimitKind.FixedWindow => new FixedWindowRateLimiter(new FixedWindowRateLimiterOptions
        {
            PermitLimit = Policy.Permits,
            Window = Policy.Window,
            QueueLimit = Policy.Queue,
            AutoReplenishment = false, // by the one timer of all
        }),
        RateLimitKind.SlidingWindow => new SlidingWindowRateLimiter(new SlidingWindowRateLimiterOptions
        {
            PermitLimit = Policy.Permits,
            Window = Policy.Window,
            SegmentsPerWindow = Policy.Segments,
            QueueLimit = Policy.Queue,
            AutoReplenishment = false,
        }),
        RateLimitKind.TokenBucket => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = Policy.Burst > 0 ? Policy.Burst : Policy.Permits,
            TokensPerPeriod = Policy.Permits,
            ReplenishmentPeriod = Policy.Window,
            QueueLimit = Policy.Queue,
            AutoReplenishment = false,
        }),
        _ => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = Policy.Permits, QueueLimit = Policy.Queue }),
    };
}
