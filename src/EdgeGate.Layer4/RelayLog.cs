using Microsoft.Extensions.Logging;

namespace EdgeGate.Layer4;

internal static partial class RelayLog
{
    [LoggerMessage(1, LogLevel.Warning,
        "Connection {Connection}: cluster {Cluster}, destination {Destination} ({Address}) cannot be reached: {Error}")]
    internal static partial void ConnectFailed(
        ILogger log, long connection, string cluster, string destination, string address, string error);

    [LoggerMessage(2, LogLevel.Warning, "Connection {Connection}: cluster {Cluster} has no destination to take it")]
    internal static partial void NoDestination(ILogger log, long connection, string cluster);

    [LoggerMessage(3, LogLevel.Debug, "Connection {Connection} from {Source} to {Destination} closed: {Reason}")]
    internal static partial void Closed(
        ILogger log, long connection, string source, string destination, EdgeGate.Transport.CloseReason reason);

    [LoggerMessage(4, LogLevel.Debug, "Connection {Connection}: cluster {Cluster} is full, {Waiting} wait for a place: {What}")]
    internal static partial void Full(ILogger log, long connection, string cluster, int waiting, string what);

    [LoggerMessage(5, LogLevel.Debug, "Connection {Connection}: no route is for the server name '{ServerName}'")]
    internal static partial void NoRoute(ILogger log, long connection, string serverName);

    [LoggerMessage(5, LogLevel.Debug,
        "Connection {Connection} from {Source} does not begin with {Expected} and is closed")]
    internal static partial void BadGreeting(ILogger log, long connection, string source, string expected);
}
