using EdgeGate.Http;
using EdgeGate.Logging;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.Telemetry;

/// <summary>Passes on what the forwarder does to those who show it: connections, metrics, the access log, traces.</summary>
internal sealed class RequestObserver(ForwardingMetrics metrics, AccessLog log) : IForwardingObserver
{
    public void Forwarding(HttpContext context, string destination)
    {
        context.Features.Get<IRequestActivity>()?.SentTo(destination);
        RequestSpans.Forwarding();
        EntryOf(context)?.Forwarding(destination);
    }

    public void Answered(HttpContext context)
    {
        RequestSpans.Answered();
        EntryOf(context)?.Answered();
    }

    public void Forwarded(HttpContext context, ForwarderError error)
    {
        metrics.Forwarded(context, error);
        EntryOf(context)?.Forwarded(error);
    }

    private RequestEntry? EntryOf(HttpContext context) => log.WantsRequests ? RequestEntry.Of(context) : null;
}
