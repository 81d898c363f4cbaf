using System.Threading.RateLimiting;

namespace EdgeGate.Http.Policies.RateLimits;

/// <summary>A limiter whose end is told: the set of all drops those that have been idle for a while.</summary>
internal sealed class TrackedLimiter(RateLimiter inner, Action gone) : ReplenishingRateLimiter
{
    private int _disposed;

    public override TimeSpan? IdleDuration => inner.IdleDuration;

    public override bool IsAutoReplenishing => (inner as ReplenishingRateLimiter)?.IsAutoReplenishing ?? true;

    public override TimeSpan ReplenishmentPeriod => (inner as ReplenishingRateLimiter)?.ReplenishmentPeriod ?? TimeSpan.Zero;

    public override bool TryReplenish() => inner is ReplenishingRateLimiter replenishing && replenishing.TryReplenish();

    public override RateLimiterStatistics? GetStatistics() => inner.GetStatistics();

    protected override RateLimitLease AttemptAcquireCore(int permitCount) => inner.AttemptAcquire(permitCount);

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        inner.AcquireAsync(permitCount, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            inner.Dispose();
            gone();
        }

        base.Dispose(disposing);
    }

    protected override ValueTask DisposeAsyncCore()
    {
        Dispose(disposing: true);
        return base.DisposeAsyncCore();
    }
}
