namespace EdgeGate.Benchmarks.Observation;

/// <summary>How much is told of a daemon; each adds to the one before.</summary>
internal enum Observed
{
    /// <summary>Nobody looks, nothing is written.</summary>
    Not,

    /// <summary>The top list, and each second a scrape and a list of the first fifty connections.</summary>
    Metrics,

    /// <summary>A line in the access log for each request.</summary>
    Log,

    /// <summary>Traces, one in a hundred sampled.</summary>
    Traces,
}
