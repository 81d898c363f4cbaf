using System.Diagnostics;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>Waits for a state of another thread or process that sends no event when it changes.</summary>
internal static class Until
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition holds; fails when it does not within the limit.</summary>
    internal static Task TrueAsync(Func<bool> condition, TimeSpan? limit = null, string? what = null) =>
        TrueAsync(() => Task.FromResult(condition()), limit, what);

    /// <summary>Waits until the condition, which must be asked for, holds; fails when it does not in time.</summary>
    internal static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan? limit = null, string? what = null)
    {
        long began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(
                Stopwatch.GetElapsedTime(began) < (limit ?? TimeSpan.FromSeconds(20)), $"timed out waiting: {what}");
            await Task.Delay(Step);
        }
    }

    /// <summary>Waits until a counter has stood still for half a second, having moved.</summary>
    internal static async Task StableAsync(Func<long> counter)
    {
        long last = -1;
        long since = Stopwatch.GetTimestamp();
        while (last <= 0 || Stopwatch.GetElapsedTime(since) < TimeSpan.FromMilliseconds(500))
        {
            long now = counter();
            if (now != last)
            {
                last = now;
                since = Stopwatch.GetTimestamp();
            }

            await Task.Delay(Step);
        }
    }
}
