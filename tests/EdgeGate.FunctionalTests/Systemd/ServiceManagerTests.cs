using System.Text.RegularExpressions;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Systemd;

/// <summary>What the service manager is told, over a real notify socket.</summary>
public sealed class ServiceManagerTests : DaemonTests, IDisposable
{
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly DaemonConfiguration _configuration = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // a name of the abstract namespace
    public async Task Everything_is_told_in_its_order(bool isAbstract)
    {
        using var manager = new NotifySocket(isAbstract);
        var relay = _configuration.Relay("relay", _echo.EndPoint);
        _configuration.With("Limits", """{ "MaxConnections": 4 }""");
        await using var daemon = await StartAsync(manager, watchdog: TimeSpan.FromSeconds(1));
        await Until.TrueAsync(() => manager.Feedings >= 2, what: "the watchdog to be fed");
        Assert.Equal(["READY"], manager.States);
        Assert.Equal("0 connections, 0 % of capacity", manager.Status);

        using (await relay.ConnectAsync())
        {
            await Until.TrueAsync(() => manager.Status == "1 connection, 25 % of capacity", what: "the status text");
            await daemon.SignalAsync("HUP");
            await Until.TrueAsync(() => manager.States.Length == 3, what: "the reload");
            await daemon.SignalAsync("TERM");
            await Until.TrueAsync(
                () => manager.Messages.Any(m => m.StartsWith("EXTEND_TIMEOUT_USEC=15000000\n", StringComparison.Ordinal)),
                what: "more time for the drain");
            Assert.Equal("Draining 1 connection", manager.Status);
        }

        Assert.Equal(0, await daemon.ExitAsync());
        Assert.Equal(["READY", "RELOADING", "READY", "STOPPING"], manager.States);
        string reloading = manager.Messages.Single(m => m.Contains("RELOADING=1", StringComparison.Ordinal));
        Assert.Matches(new Regex("^MONOTONIC_USEC=[1-9][0-9]+$", RegexOptions.Multiline), reloading);
    }

    [Fact]
    public async Task A_loop_that_is_stuck_is_told_and_starves_the_watchdog()
    {
        using var manager = new NotifySocket();
        _configuration.Relay("relay", _echo.EndPoint);
        _configuration.With("Transport", """{ "Loops": 2 }""");
        await using var daemon = await StartAsync(manager, watchdog: TimeSpan.FromSeconds(1));
        await Until.TrueAsync(() => manager.Feedings >= 2, what: "the watchdog to be fed");

        int fed;
        await using (await StoppedThread.StopAsync(daemon.Id, "edgegate-loop-1"))
        {
            await daemon.SaysAsync("Event loop 1 has made no progress");
            fed = manager.Feedings;
            await Task.Delay(TimeSpan.FromSeconds(2), Token); // four times as long as between two feedings
            Assert.Equal(fed, manager.Feedings);
            Assert.DoesNotContain("Event loop 0", daemon.Output, StringComparison.Ordinal);
        }

        await Until.TrueAsync(() => manager.Feedings > fed + 1, what: "the watchdog to be fed again");
        await daemon.SaysAsync("Every event loop makes progress again");
    }

    [Fact]
    public async Task A_watchdog_that_is_meant_for_another_process_is_not_fed()
    {
        using var manager = new NotifySocket();
        _configuration.Relay("relay", _echo.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(_configuration, environment: new Dictionary<string, string?>
        {
            ["NOTIFY_SOCKET"] = manager.Path,
            ["WATCHDOG_USEC"] = "100000",
            ["WATCHDOG_PID"] = $"{Environment.ProcessId}",
        });

        await daemon.SignalAsync("HUP");
        await Until.TrueAsync(() => manager.States.Length == 3, what: "the reload");

        Assert.Equal(0, manager.Feedings);
    }

    [Fact]
    public async Task A_manager_that_does_not_listen_is_no_reason_to_stop()
    {
        var relay = _configuration.Relay("relay", _echo.EndPoint);

        await using var daemon = await DaemonProcess.StartAsync(
            _configuration, environment: new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = "/nonexistent/notify" });

        await daemon.SaysAsync("The service manager cannot be told anything");
        using var client = await relay.ConnectAsync();
    }

    public new void Dispose()
    {
        _ = _echo.DisposeAsync().AsTask();
        base.Dispose();
    }

    private Task<DaemonProcess> StartAsync(NotifySocket manager, TimeSpan watchdog) =>
        DaemonProcess.StartAsync(_configuration, environment: new Dictionary<string, string?>
        {
            ["NOTIFY_SOCKET"] = manager.Path,
            ["WATCHDOG_USEC"] = $"{(long)watchdog.TotalMicroseconds}",
        });
}
