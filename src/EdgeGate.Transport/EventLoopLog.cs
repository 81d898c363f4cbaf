using Microsoft.Extensions.Logging;

namespace EdgeGate.Transport;

internal static partial class EventLoopLog
{
    [LoggerMessage(1, LogLevel.Critical, "Event loop {Loop} died; the process ends, because half a gateway is worse than a restart")]
    internal static partial void LoopDied(ILogger log, int loop, Exception error);
}
