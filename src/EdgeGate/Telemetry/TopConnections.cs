using System.Diagnostics;
using EdgeGate.Transport;

namespace EdgeGate.Telemetry;

/// <summary>
/// The connections that carried the most bytes, looked for in the background: at most each second, and as much more
/// rarely as the looking takes longer, so that it never takes more than a two-hundredth of a processor.
/// </summary>
internal sealed class TopConnections : IAsyncDisposable
{
    private const int Restraint = 200;
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromSeconds(1);

    private readonly ConnectionTable _table;
    private readonly int _count;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _looking;
    private volatile IReadOnlyList<ConnectionSnapshot> _connections = [];

    /// <param name="table">Where to look.</param>
    /// <param name="count">How many; 0 turns it off.</param>
    public TopConnections(ConnectionTable table, int count)
    {
        _table = table;
        _count = count;
        _looking = count > 0 ? LookForEverAsync() : Task.CompletedTask;
    }

    /// <summary>As they were when they were last looked for.</summary>
    public IReadOnlyList<ConnectionSnapshot> Connections => _connections;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _looking;
        _stopping.Dispose();
    }

    private async Task LookForEverAsync()
    {
        using var timer = new PeriodicTimer(ShortestPeriod);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                long began = Stopwatch.GetTimestamp();
                _connections = [.. _table.Top(_count, static c => c.BytesOfClient).Select(c => c.Describe())];
                TimeSpan rest = Stopwatch.GetElapsedTime(began) * Restraint;
                timer.Period = rest > ShortestPeriod ? rest : ShortestPeriod;
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
