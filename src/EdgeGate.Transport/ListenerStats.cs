namespace EdgeGate.Transport;

/// <summary>
/// The counters of one listener, a cell per loop. Each cell has one writer, its loop, so counting costs an addition;
/// a reader adds the cells up.
/// </summary>
public sealed class ListenerStats
{
    private readonly TrafficCell[] _cells;

    internal ListenerStats(string listener, string protocol, int loops)
    {
        Listener = listener;
        Protocol = protocol;
        _cells = new TrafficCell[loops];
        for (int i = 0; i < loops; i++)
        {
            _cells[i] = new TrafficCell();
        }
    }

    /// <summary>The listener's name in the configuration.</summary>
    public string Listener { get; }

    /// <summary>The listener's protocol: tcp, http, https.</summary>
    public string Protocol { get; }

    /// <summary>
    /// Whether bytes of the upstream's side are counted: the upstream connections of HTTP are nobody's in particular.
    /// </summary>
    public bool CountsUpstream => Protocol is not ("http" or "https");

    /// <summary>Adds up one counter over all loops.</summary>
    public long Sum(Func<TrafficCell, long> counter)
    {
        long sum = 0;
        foreach (TrafficCell cell in _cells)
        {
            sum += counter(cell);
        }

        return sum;
    }

    /// <summary>The cell that a loop counts in.</summary>
    public TrafficCell For(EventLoop loop) => _cells[loop.Index];
}
