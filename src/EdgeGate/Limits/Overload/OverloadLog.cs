using Microsoft.Extensions.Logging;

namespace EdgeGate.Limits.Overload;

internal static partial class OverloadLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Resource} is at {Pressure:P0} of its capacity: {Level} ({Effect})")]
    public static partial void Rose(ILogger log, string resource, double pressure, OverloadLevel level, string effect);

    [LoggerMessage(2, LogLevel.Information, "{Resource} is back to {Pressure:P0} of its capacity: {Level}")]
    public static partial void Fell(ILogger log, string resource, double pressure, OverloadLevel level);

    [LoggerMessage(3, LogLevel.Warning, "Overloaded: {Closed} idle connections asked to close, {Reset} connections reset to save memory")]
    public static partial void MadeRoom(ILogger log, int closed, int reset);

    [LoggerMessage(4, LogLevel.Error, "The load could not be measured; the last measure holds")]
    public static partial void CannotMeasure(ILogger log, Exception error);
}
