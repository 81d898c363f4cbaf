using EdgeGate.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Admin;

internal static partial class AdminLog
{
    [LoggerMessage(1, LogLevel.Warning,
        "THE ADMIN ADDRESS {Bind} IS OPEN TO THE NETWORK: whoever reaches it can end every connection and drain the gateway. "
        + "Bind it to loopback, or have it ask for a token (EdgeGate:Admin:TokenFile)")]
    public static partial void Open(ILogger log, BindAddress bind);
}
