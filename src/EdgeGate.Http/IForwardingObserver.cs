using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.Http;

/// <summary>
/// Follows requests on their way through the gateway. Called on whatever thread serves the request, for every one: it
/// must be quick and must not throw.
/// </summary>
public interface IForwardingObserver
{
    /// <summary>A destination was chosen, and the request goes to it.</summary>
    /// <param name="context">The request; YARP's feature names route, cluster and destination.</param>
    /// <param name="destination">Its address, for people.</param>
    void Forwarding(HttpContext context, string destination);

    /// <summary>The head of the upstream's answer has arrived.</summary>
    void Answered(HttpContext context);

    /// <summary>The answer has gone to its end, or the exchange has failed.</summary>
    void Forwarded(HttpContext context, ForwarderError error);
}
