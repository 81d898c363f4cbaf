using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Systemd;

/// <summary>What systemd is told, where it runs us with Type=notify: sd_notify(3). Elsewhere nothing happens.</summary>
internal sealed class ServiceManager(ILogger log) : IDisposable
{
    /// <summary>How much longer a drain may take each time that it is asked for.</summary>
    private static readonly TimeSpan Extension = TimeSpan.FromSeconds(15);

    private readonly NotifySocket? _socket = NotifySocket.FromEnvironment(log);

    /// <summary>Whether somebody listens.</summary>
    public bool IsPresent => _socket is not null;

    /// <summary>Everything is bound; connections are served.</summary>
    public void Ready(string status) => _socket?.Send($"READY=1\nSTATUS={status}");

    /// <summary>A reload begins; <see cref="Ready"/> ends it.</summary>
    public void Reloading()
    {
        // CLOCK_MONOTONIC in microseconds, which on Linux is what Stopwatch reads.
        long microseconds = (long)Stopwatch.GetElapsedTime(0).TotalMicroseconds;
        _socket?.Send(string.Create(
            CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}\nSTATUS=Reloading"));
    }

    /// <summary>What <c>systemctl status</c> shows.</summary>
    public void Status(string status) => _socket?.Send($"STATUS={status}");

    /// <summary>The drain begins.</summary>
    public void Stopping(string status) => _socket?.Send($"STOPPING=1\nSTATUS={status}");

    /// <summary>The drain goes on, perhaps beyond TimeoutStopSec: systemd waits as long as it is told so.</summary>
    public void Draining(string status) => _socket?.Send(string.Create(
        CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)Extension.TotalMicroseconds}\nSTATUS={status}"));

    /// <summary>Another process of the service is its main one from now on.</summary>
    public void Succeeded(int process) => _socket?.Send(string.Create(CultureInfo.InvariantCulture, $"MAINPID={process}"));

    /// <summary>All is well: systemd may wait for another WatchdogSec.</summary>
    public void FeedWatchdog() => _socket?.Send("WATCHDOG=1");

    public void Dispose() => _socket?.Dispose();
}
