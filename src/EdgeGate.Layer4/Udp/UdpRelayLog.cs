using EdgeGate.Transport;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Layer4.Udp;

internal static partial class UdpRelayLog
{
    [LoggerMessage(1, LogLevel.Debug, "Flow {Connection} from {Source} to {Destination} closed: {Reason}")]
    internal static partial void Closed(
        ILogger log, long connection, string source, string destination, CloseReason reason);

    [LoggerMessage(2, LogLevel.Warning,
        "Flow {Connection}: cluster {Cluster}, destination {Destination} ({Address}) refuses: {Error}")]
    internal static partial void Refused(
        ILogger log, long connection, string cluster, string destination, string address, string error);

    [LoggerMessage(3, LogLevel.Warning,
        "Listener {Listener}: cluster {Cluster}, destination {Destination} ({Address}) cannot be reached: {Error}")]
    internal static partial void CannotReach(
        ILogger log, string listener, string cluster, string destination, string address, string error);

    [LoggerMessage(4, LogLevel.Warning, "Listener {Listener}: cluster {Cluster} has no destination to take a flow")]
    internal static partial void NoDestination(ILogger log, string listener, string cluster);

    [LoggerMessage(5, LogLevel.Warning, "Listener {Listener} cannot receive, and tries again in {Pause}: {Error}")]
    internal static partial void CannotReceive(ILogger log, string listener, TimeSpan pause, string error);

    [LoggerMessage(6, LogLevel.Warning,
        "Listener {Listener}: of {Flows} flows what the client sends goes to the process that has taken over, as a new flow: {Error}")]
    internal static partial void CannotKeep(ILogger log, string listener, int flows, string error);
}
