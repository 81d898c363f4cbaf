using System.Net;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Transport;

internal static partial class ListenerLog
{
    [LoggerMessage(1, LogLevel.Warning,
        "Listener {Listener} cannot accept: {Error}. {Active} connections are open; new ones wait in the backlog until a descriptor is free")]
    internal static partial void AcceptShortage(ILogger log, string listener, string error, long active);

    [LoggerMessage(2, LogLevel.Error, "Listener {Listener} serves nothing: the poller did not take its socket: {Error}")]
    internal static partial void CannotPoll(ILogger log, string listener, string error);

    [LoggerMessage(3, LogLevel.Debug,
        "Connection {Connection} from {Source} does not begin with a PROXY header and is closed")]
    internal static partial void BadProxyHeader(ILogger log, long connection, string source);

    [LoggerMessage(4, LogLevel.Warning,
        "Listener {Listener} on {EndPoint}: the kernel cut {What} {Wanted} down to {Given}; {Setting} is the most it gives")]
    internal static partial void CutDown(
        ILogger log, string listener, EndPoint endPoint, string what, long wanted, long given, string setting);
}
