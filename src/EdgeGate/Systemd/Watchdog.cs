using System.Globalization;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Systemd;

/// <summary>
/// Tells systemd that the gateway is alive, at half the time that it grants (sd_watchdog_enabled(3)), and only if every
/// event loop has run something since it was last told. A loop that is stuck holds up its connections for good; then
/// systemd is to end the process and start another.
/// </summary>
internal sealed class Watchdog : IAsyncDisposable
{
    private readonly EventLoopGroup _loops;
    private readonly Action _feed;
    private readonly TimeSpan _interval;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _feeding;

    /// <param name="loops">Who must make progress.</param>
    /// <param name="feed">Tells systemd.</param>
    /// <param name="limit">How long systemd waits.</param>
    /// <param name="log">Where a loop that is stuck is told.</param>
    public Watchdog(EventLoopGroup loops, Action feed, TimeSpan limit, ILogger log)
    {
        _loops = loops;
        _feed = feed;
        _interval = limit / 2;
        _log = log;
        _feeding = FeedAsync();
    }

    /// <summary>How long systemd waits for a sign of life of this process; null if it does not.</summary>
    /// <param name="microseconds">WATCHDOG_USEC.</param>
    /// <param name="process">WATCHDOG_PID.</param>
    /// <param name="predecessor">The process that this one has taken over from: what was asked of it is asked of this one.</param>
    public static TimeSpan? LimitOf(string? microseconds, string? process, int? predecessor = null)
    {
        if (!string.IsNullOrEmpty(process)
            && process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            && process != predecessor?.ToString(CultureInfo.InvariantCulture))
        {
            return null; // meant for whoever started us
        }

        return long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) && limit > 0
            ? TimeSpan.FromMicroseconds(limit)
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _feeding;
        _stopping.Dispose();
    }

    private async Task FeedAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(_interval);
            do
            {
                await ProgressAsync();
                _feed();
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The gateway has stopped.
        }
    }

    /// <summary>Waits until every loop has run what is posted now, however long that takes.</summary>
    private async Task ProgressAsync()
    {
        Task[] turns = [.. _loops.Loops.Select(loop => loop.TurnAsync())];
        Task all = Task.WhenAll(turns).WaitAsync(_stopping.Token);
        if (await Task.WhenAny(all, Task.Delay(_interval, _stopping.Token)) != all)
        {
            foreach (EventLoop stuck in _loops.Loops.Where(loop => !turns[loop.Index].IsCompleted))
            {
                SystemdLog.LoopIsStuck(_log, stuck.Index, _interval);
            }

            await all;
            SystemdLog.LoopsMove(_log);
        }

        await all;
    }
}
