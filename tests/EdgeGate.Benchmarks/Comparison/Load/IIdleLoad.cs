namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>Clients that stay connected and silent.</summary>
internal interface IIdleLoad : IDisposable
{
    /// <summary>Opens more of them; each makes one exchange and is idle then.</summary>
    void Grow(int count);
}
