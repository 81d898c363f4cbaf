using Microsoft.Extensions.Logging;

namespace EdgeGate.Http.Policies.Access;

internal static partial class ForwardLog
{
    [LoggerMessage(1, LogLevel.Warning, "The authentication server of cluster {Cluster} cannot be asked: {Error}; the request is refused")]
    internal static partial void CannotAsk(ILogger log, string cluster, string error);

    [LoggerMessage(2, LogLevel.Warning, "The authentication server of cluster {Cluster} answered {Status}, which is no verdict; the request is refused")]
    internal static partial void NoVerdict(ILogger log, string cluster, int status);
}
