using EdgeGate.Native.Polling;
using EdgeGate.Systemd;
using EdgeGate.Tests.Sockets;
using EdgeGate.Tests.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.Tests.Systemd;

public sealed class WatchdogTests
{
    [Theory]
    [InlineData(null, null, null)]
    [InlineData("30000000", null, 30.0)]
    [InlineData("500000", "me", 0.5)]
    [InlineData("30000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    public void The_limit_is_systemds_if_it_means_this_process(string? microseconds, string? process, double? seconds)
    {
        process = process == "me" ? $"{Environment.ProcessId}" : process;

        Assert.Equal(seconds, Watchdog.LimitOf(microseconds, process)?.TotalSeconds);
    }

    [Fact]
    public async Task One_loop_that_blocks_stops_the_feeding_and_its_return_resumes_it()
    {
        await using var harness = new TransportHarness(PollerKind.Auto, 3);
        using var release = new ManualResetEventSlim();
        int fed = 0;
        await using var watchdog = new Watchdog(
            harness.Loops, () => Interlocked.Increment(ref fed), TimeSpan.FromMilliseconds(20), NullLogger.Instance);
        await TransportHarness.UntilAsync(() => Volatile.Read(ref fed) > 2);

        var blocked = new TaskCompletionSource();
        harness.Loops.Loops[1].Post(
            _ =>
            {
                blocked.SetResult();
                release.Wait(TestTime.Limit);
            },
            null);
        await blocked.Task;
        int before = Volatile.Read(ref fed);
        await Task.Delay(200, TestContext.Current.CancellationToken); // twenty times as long as between two feedings
        Assert.InRange(Volatile.Read(ref fed), before, before + 1); // one may have been on its way

        release.Set();
        await TransportHarness.UntilAsync(() => Volatile.Read(ref fed) > before + 2);
    }

    [Theory]
    [InlineData(12_345, 30_000, "12,345 connections, 41 % of capacity")]
    [InlineData(1, 1000, "1 connection, 0 % of capacity")]
    [InlineData(1000, 1000, "1,000 connections, 100 % of capacity")]
    public void The_status_is_a_text_for_people(long connections, long capacity, string text) =>
        Assert.Equal(text, ServiceReports.StatusOf(connections, capacity));
}
