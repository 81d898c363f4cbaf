namespace EdgeGate.Http.Upstream;

/// <summary>
/// Looks over idle connections now and then. It runs only while there are connections: a client that a reload has replaced
/// is let go once its last connection is.
/// </summary>
internal sealed class UpstreamSweeper : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly ITimer _timer;
    private readonly Func<bool> _sweep;
    private int _isArmed;

    /// <param name="time">The clock.</param>
    /// <param name="sweep">Sweeps, and says whether any connection is left.</param>
    internal UpstreamSweeper(TimeProvider time, Func<bool> sweep)
    {
        _sweep = sweep;
        _timer = time.CreateTimer(
            static sweeper => ((UpstreamSweeper)sweeper!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>There is a connection, or will be; from any thread.</summary>
    internal void Arm()
    {
        if (Volatile.Read(ref _isArmed) == 0 && Interlocked.Exchange(ref _isArmed, 1) == 0)
        {
            _timer.Change(Period, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        // Disarmed before it looks: whoever opens a connection after the look arms it anew.
        Volatile.Write(ref _isArmed, 0);
        if (_sweep())
        {
            Arm();
        }
    }
}
