using Microsoft.Extensions.Logging;

namespace EdgeGate.Systemd;

internal static partial class SystemdLog
{
    [LoggerMessage(1, LogLevel.Warning,
        "NOTIFY_SOCKET is {Address}, which is neither a path nor an abstract name: the service manager is told nothing")]
    public static partial void BadNotifySocket(ILogger log, string address);

    [LoggerMessage(2, LogLevel.Warning, "The service manager cannot be told anything: {Error}")]
    public static partial void CannotNotify(ILogger log, string error);

    [LoggerMessage(3, LogLevel.Critical,
        "Event loop {Loop} has made no progress for {Time}; the watchdog is not fed until it does")]
    public static partial void LoopIsStuck(ILogger log, int loop, TimeSpan time);

    [LoggerMessage(4, LogLevel.Warning, "Every event loop makes progress again")]
    public static partial void LoopsMove(ILogger log);

    [LoggerMessage(5, LogLevel.Warning,
        "The service manager handed over {Socket} under the name '{Name}', which no listener binds: it is closed")]
    public static partial void Unclaimed(ILogger log, string socket, string name);

    [LoggerMessage(6, LogLevel.Warning, "LISTEN_FDS is '{Text}', which is no number of descriptors: none are taken")]
    public static partial void BadListenFds(ILogger log, string text);
}
