using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.Http.Forwarding;

internal static partial class ForwarderLog
{
    // A line a request, where YARP's own has the exception's stack: an outage makes many.
    [LoggerMessage(EventId = 1, Message = "{Method} {Path} to {Destination} failed: {Error} ({Cause})")]
    internal static partial void Failed(
        ILogger log, LogLevel level, string method, string? path, string destination, ForwarderError error, string? cause);
}
