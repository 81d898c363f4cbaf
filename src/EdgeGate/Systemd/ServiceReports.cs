using System.Globalization;
using EdgeGate.Daemon;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Systemd;

/// <summary>What systemd is told again and again while the gateway serves and drains: its state, and that it is alive.</summary>
internal sealed class ServiceReports : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Gateway _gateway;
    private readonly ServiceManager _manager;
    private readonly Watchdog? _watchdog;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _reporting;
    private volatile bool _draining;

    private ServiceReports(Gateway gateway, ServiceManager manager, int? predecessor, ILogger log)
    {
        _gateway = gateway;
        _manager = manager;
        TimeSpan? limit = Watchdog.LimitOf(
            Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"), predecessor);
        _watchdog = manager.IsPresent && limit is { } time
            ? new Watchdog(gateway.Loops, manager.FeedWatchdog, time, log)
            : null;
        _reporting = manager.IsPresent ? ReportAsync() : Task.CompletedTask;
    }

    /// <summary>Says that the gateway is ready, and goes on from there.</summary>
    /// <param name="gateway">What is reported on.</param>
    /// <param name="manager">Who hears it.</param>
    /// <param name="predecessor">The process that this one has taken over from, if there is one.</param>
    /// <param name="log">Where trouble is told.</param>
    public static ServiceReports Start(Gateway gateway, ServiceManager manager, int? predecessor, ILogger log)
    {
        manager.Ready(StatusOf(gateway));
        return new ServiceReports(gateway, manager, predecessor, log);
    }

    /// <summary>How full the gateway is, for people: <c>12,345 connections, 41 % of capacity</c>.</summary>
    public static string StatusOf(Gateway gateway) => StatusOf(gateway.Connections, gateway.Gate.MaxConnections);

    internal static string StatusOf(long connections, long capacity) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count(connections)}, {(capacity > 0 ? connections * 100 / capacity : 100)} % of capacity");

    /// <summary>A reload has ended, well or not.</summary>
    public void Reloaded() => _manager.Ready(StatusOf(_gateway));

    /// <summary>The drain begins; from now on systemd is asked for more time.</summary>
    public void Drain()
    {
        _draining = true;
        _manager.Stopping(Draining());
    }

    /// <summary>Says that another process is the main one, and nothing more after that.</summary>
    public async Task SucceedAsync(int process)
    {
        await StopAsync();
        _manager.Succeeded(process);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task StopAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await _stopping.CancelAsync();
            await _reporting;
            await (_watchdog?.DisposeAsync() ?? default);
        }
    }

    private static string Count(long connections) => string.Create(
        CultureInfo.InvariantCulture, $"{connections:N0} connection{(connections == 1 ? "" : "s")}");

    private string Draining() => $"Draining {Count(_gateway.Connections)}";

    private async Task ReportAsync()
    {
        string last = StatusOf(_gateway); // it came with READY
        try
        {
            using var timer = new PeriodicTimer(Interval);
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (_draining)
                {
                    _manager.Draining(Draining());
                }
                else if (StatusOf(_gateway) is var status && status != last)
                {
                    _manager.Status(last = status);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway has stopped.
        }
    }
}
