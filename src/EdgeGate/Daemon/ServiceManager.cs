using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace EdgeGate.Daemon;

/// <summary>What systemd is told, where it runs us with Type=notify: sd_notify(3). Elsewhere nothing happens.</summary>
internal sealed class ServiceManager
{
    private readonly SystemdNotifier _notifier = new();

    /// <summary>Everything is bound; connections are served.</summary>
    public void Ready() => _notifier.Notify(ServiceState.Ready);

    /// <summary>A reload begins; <see cref="Ready"/> ends it.</summary>
    public void Reloading()
    {
        // CLOCK_MONOTONIC in microseconds, which on Linux is what Stopwatch reads.
        long microseconds = (long)Stopwatch.GetElapsedTime(0).TotalMicroseconds;
        _notifier.Notify(new ServiceState(
            string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}")));
    }

    /// <summary>The drain begins.</summary>
    public void Stopping() => _notifier.Notify(ServiceState.Stopping);
}
