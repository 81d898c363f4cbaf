using EdgeGate.Logging;
using EdgeGate.Telemetry;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Daemon;

/// <summary>
/// Tells the transport, the access log and the traces when requests begin and end. It stands here because only the daemon
/// sees both HTTP and the transport.
/// </summary>
/// <param name="log">The access log.</param>
/// <param name="traces">Null where nothing is traced.</param>
internal sealed class RequestTracking(AccessLog log, RequestTraces? traces)
{
    /// <summary>The middleware; of a connection that is not our transport's it does nothing.</summary>
    public RequestDelegate Create(RequestDelegate next) => context =>
        context.Features.Get<IRequestActivity>() is { } activity ? TrackAsync(context, activity, next) : next(context);

    private async Task TrackAsync(HttpContext context, IRequestActivity activity, RequestDelegate next)
    {
        RequestTrace? trace = traces?.Begin(context, activity);
        RequestEntry? entry = log.WantsRequests
            ? RequestEntry.Begin(context, activity, log.Now, log.WantsQuery)
            : null;
        UpgradeObserver? upgrade = UpgradeObserver.Attach(context.Features, activity, entry);
        if (activity.Begin(context.Request.Protocol))
        {
            trace?.ConnectionBegan(activity);
        }

        bool failed = true;
        try
        {
            await next(context);
            failed = false;
        }
        finally
        {
            activity.End(upgrade is { HasUpgraded: true });
            if (entry is not null)
            {
                entry.End(context, failed);
                log.Write(entry);
            }

            trace?.End(context, failed);
        }
    }
}
