namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>Clients that keep a proxy busy.</summary>
internal interface ILoad : IDisposable
{
    /// <summary>Works for a while; returns how much was done: requests, connections, bytes.</summary>
    long RunFor(TimeSpan duration);
}
