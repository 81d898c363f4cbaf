using Microsoft.Extensions.Logging;

namespace EdgeGate.Logging;

internal static partial class AccessLogLog
{
    [LoggerMessage(1, LogLevel.Error, "The access log cannot be written, its lines are dropped and counted: {Error}")]
    public static partial void CannotWrite(ILogger log, string error);

    [LoggerMessage(2, LogLevel.Error, "The access log stays as it was: {Error}")]
    public static partial void Kept(ILogger log, string error);
}
