using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.Http.Forwarding;

internal static partial class ForwarderLog
{
    // A line, where YARP's own has the exception's stack; of an outage, which makes many, one a second for each destination.
    [LoggerMessage(EventId = 1, Message = "{Method} {Path} to {Destination} failed: {Error} ({Cause})")]
    internal static partial void Failed(
        ILogger log, LogLevel level, string method, string? path, string destination, ForwarderError error, string? cause);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "cluster {Cluster} keeps the TLS files that it has: {Reason}")]
    internal static partial void TlsKept(ILogger log, string cluster, string reason);
}
