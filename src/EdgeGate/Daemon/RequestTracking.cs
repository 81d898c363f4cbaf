using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Daemon;

/// <summary>
/// Tells the transport when requests begin and end. It stands here because only the daemon sees both HTTP and the
/// transport.
/// </summary>
internal static class RequestTracking
{
    /// <summary>The middleware; of a connection that is not our transport's it does nothing.</summary>
    public static RequestDelegate Create(RequestDelegate next) => context =>
        context.Features.Get<IRequestActivity>() is { } activity ? TrackAsync(context, activity, next) : next(context);

    private static async Task TrackAsync(HttpContext context, IRequestActivity activity, RequestDelegate next)
    {
        UpgradeObserver? upgrade = UpgradeObserver.Attach(context.Features, activity);
        activity.Begin(context.Request.Protocol);
        try
        {
            await next(context);
        }
        finally
        {
            activity.End(upgrade is { HasUpgraded: true });
        }
    }
}
