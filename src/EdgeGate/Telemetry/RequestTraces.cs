using System.Diagnostics;
using EdgeGate.Transport.Kestrel;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Trace;

namespace EdgeGate.Telemetry;

/// <summary>
/// Chooses which requests are traced, before anything is made for one. The spans are the gateway's own: the sources of
/// ASP.NET Core, YARP and HttpClient make an activity for every request whether or not it is sampled, which costs more
/// than the rest of being seen together.
/// </summary>
internal sealed class RequestTraces(double ratio)
{
    private readonly TraceIdRatioBasedSampler _sampler = new(ratio);

    /// <summary>Begins the trace of a request; null for one that is not sampled, whose trace headers pass unchanged.</summary>
    public RequestTrace? Begin(HttpContext context, IRequestActivity connection)
    {
        IHeaderDictionary headers = context.Request.Headers;
        ActivityContext parent = default;
        bool isSampled = headers.TraceParent is [{ } text]
            && ActivityContext.TryParse(text, headers.TraceState.ToString(), isRemote: true, out parent)
                ? IsSampled(parent)
                : Random.Shared.NextDouble() < ratio;
        return isSampled ? RequestTrace.Begin(context, connection, parent) : null;
    }

    // By the trace's id and not by chance, so that a trace which passes several gateways is sent by all or by none.
    private bool IsSampled(ActivityContext parent) =>
        _sampler.ShouldSample(new SamplingParameters(parent, parent.TraceId, "", ActivityKind.Server)).Decision
            == SamplingDecision.RecordAndSample;
}
