using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Telemetry;

/// <summary>
/// YARP's figures as metrics: YARP itself has an EventSource and no meter. The labels are names of the configuration
/// and of <see cref="ForwarderError"/>, and so bounded.
/// </summary>
internal sealed class ForwardingMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _failures;

    public ForwardingMetrics(Meter meter)
    {
        _requests = meter.CreateCounter<long>(
            "edgegate.upstream.requests", description: "HTTP requests that were sent to a destination.");
        _failures = meter.CreateCounter<long>(
            "edgegate.upstream.request.failures",
            description: "HTTP requests that failed on their way to a destination or back, those that the client gave up among them.");
    }

    /// <summary>Counts a request at its end.</summary>
    public void Forwarded(HttpContext context, ForwarderError error)
    {
        if (context.Features.Get<IReverseProxyFeature>() is { ProxiedDestination: { } destination } yarp)
        {
            var cluster = new KeyValuePair<string, object?>("cluster", yarp.Cluster.Config.ClusterId);
            var to = new KeyValuePair<string, object?>("destination", destination.DestinationId);
            _requests.Add(1, cluster, to);
            if (error != ForwarderError.None)
            {
                _failures.Add(1, cluster, to, new("error", error.ToString()));
            }
        }
    }
}
