using Microsoft.Extensions.Logging;

namespace EdgeGate.Takeover;

internal static partial class TakeoverLog
{
    [LoggerMessage(1, LogLevel.Information, "Process {Process} wants to take over; it has the sockets, and this one serves on")]
    public static partial void Asked(ILogger log, int process);

    [LoggerMessage(2, LogLevel.Warning, "Process {Process} went away before it was ready to take over; this one serves on")]
    public static partial void SuccessorFailed(ILogger log, int process);

    [LoggerMessage(3, LogLevel.Warning, "A takeover was refused: process {Process} of user {User} is neither of this user nor of root")]
    public static partial void PeerRefused(ILogger log, int? process, uint? user);

    [LoggerMessage(4, LogLevel.Information, "Process {Process} has taken over; {Connections} connections are served on here, at most {Deadline}")]
    public static partial void HandedOver(ILogger log, int process, long connections, TimeSpan deadline);

    [LoggerMessage(5, LogLevel.Information, "Took over {Sockets} sockets from process {Process}")]
    public static partial void TookOver(ILogger log, int sockets, int process);

    [LoggerMessage(6, LogLevel.Error, "No successor can take over from this process: {Error}")]
    public static partial void CannotWait(ILogger log, string error);

    [LoggerMessage(7, LogLevel.Warning, "A takeover failed, this process serves on: {Error}")]
    public static partial void Failed(ILogger log, string error);

    [LoggerMessage(8, LogLevel.Information, "{Socket} of process {Process} is not in this configuration, and is closed")]
    public static partial void Unwanted(ILogger log, string socket, int process);

    [LoggerMessage(10, LogLevel.Error, "Not started: {Error}")]
    public static partial void CannotTakeOver(ILogger log, string error);

    [LoggerMessage(9, LogLevel.Warning, "Process {Process} did not say that it has stopped accepting; this one serves all the same")]
    public static partial void PredecessorSilent(ILogger log, int process);
}
