namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>UDP clients that have asked once.</summary>
internal sealed class FlowLoad(int port) : IIdleLoad
{
    private const int AtOnce = 50; // so that no receive buffer overflows

    private readonly List<DatagramLoad> _loads = [];

    /// <inheritdoc/>
    public void Grow(int count)
    {
        for (int left = count; left > 0; left -= AtOnce)
        {
            var load = new DatagramLoad(port, Math.Min(AtOnce, left));
            _loads.Add(load);
            load.RunFor(TimeSpan.Zero);
        }
    }

    public void Dispose() => _loads.ForEach(load => load.Dispose());
}
