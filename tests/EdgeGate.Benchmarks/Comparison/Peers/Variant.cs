namespace EdgeGate.Benchmarks.Comparison.Peers;

/// <summary>Of a peer that is another one with one setting changed: the work that the setting is for.</summary>
internal enum Variant
{
    /// <summary>It is no variant: it does all work.</summary>
    None,

    /// <summary>Bulk relays.</summary>
    Relay,

    /// <summary>HTTP requests.</summary>
    Http,
}
