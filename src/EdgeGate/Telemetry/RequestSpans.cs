using System.Diagnostics;
using EdgeGate.Transport.Kestrel;

namespace EdgeGate.Telemetry;

/// <summary>
/// The spans that the runtime's own sources do not give: what came before a connection's first request, how long choosing
/// a destination took, and how long its answer's head. Each is written when it is over, beneath the span that is current,
/// so that nothing else becomes its child. Where nobody listens, a look at a field is all that happens.
/// </summary>
internal static class RequestSpans
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "EdgeGate";

    private const string ForwardedAt = "edgegate.forwarded.at";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The first request of a connection begins: what it waited for is over.</summary>
    public static void ConnectionBegan(IRequestActivity connection)
    {
        if (Recording() is { } request)
        {
            DateTime now = DateTimeNow();
            DateTime opened = now - connection.SinceFirstByte;
            Write("edgegate.accept", request, now - connection.SinceAccepted, opened);
            if (connection.IsTls)
            {
                Write("edgegate.tls", request, opened, now);
            }
        }
    }

    /// <summary>A destination was chosen.</summary>
    public static void Forwarding()
    {
        if (Recording() is { } current)
        {
            DateTime now = DateTimeNow();
            Activity request = current.Parent ?? current; // YARP's own span begins with the forwarding
            Write("edgegate.route", request, request.StartTimeUtc, now);
            current.SetCustomProperty(ForwardedAt, now);
        }
    }

    /// <summary>The head of the upstream's answer is here.</summary>
    public static void Answered()
    {
        if (Recording() is { } current && current.GetCustomProperty(ForwardedAt) is DateTime forwarded)
        {
            Write("edgegate.upstream.first_byte", current, forwarded, DateTimeNow());
        }
    }

    private static Activity? Recording() =>
        Source.HasListeners() && Activity.Current is { IsAllDataRequested: true } activity ? activity : null;

    private static DateTime DateTimeNow() => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static void Write(string name, Activity parent, DateTime began, DateTime ended)
    {
        using Activity? span = Source.StartActivity(name, ActivityKind.Internal, parent.Context, startTime: began);
        span?.SetEndTime(ended);
    }
}
