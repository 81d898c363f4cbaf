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
        RequestTrace.Of(context)?.Forwarding(context, destination);
        EntryOf(context)?.Forwarding(destination);
    }

    public void Answered(HttpContext context)
    {
        RequestTrace.Of(context)?.Answered();
        EntryOf(context)?.Answered();
    }

    public void Forwarded(HttpContext context, ForwarderError error)
    {
        metrics.Forwarded(context, error); // first: while a trace's span is current, metrics take it for their exemplar
        RequestTrace.Of(context)?.Forwarded(error);
        EntryOf(context)?.Forwarded(error);
    }

    private RequestEntry? EntryOf(HttpContext context) => log.WantsRequests ? RequestEntry.Of(context) : null;
}
