namespace EdgeGate.Http.Policies;

/// <summary>How permits come back.</summary>
public enum RateLimitKind
{
    /// <summary>All at once, when a window ends.</summary>
    FixedWindow,

    /// <summary>A segment of the window at a time.</summary>
    SlidingWindow,

    /// <summary>Steadily, into a bucket that holds a burst.</summary>
    TokenBucket,

    /// <summary>Each when its request ends.</summary>
    Concurrency,
}
