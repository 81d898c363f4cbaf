using System.Net;
using EdgeGate.Http.Forwarding;

namespace EdgeGate.Http.Health;

/// <summary>
/// Answers YARP's health probes of layer 4 destinations, so that one health state serves both layers. Everything
/// else passes; a proxied request never comes here with such an address, the forwarder refuses it.
/// </summary>
internal sealed class Layer4ProbeHandler(
    HttpMessageHandler inner, Func<Uri, Layer4Probe, CancellationToken, ValueTask> probe) : DelegatingHandler(inner)
{
    /// <summary>Where a probing request carries what is to be said.</summary>
    public static readonly HttpRequestOptionsKey<Layer4Probe> Script = new("EdgeGate.Layer4Probe");

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken) =>
        Layer4Address.Is(request.RequestUri)
            ? ProbeAsync(request, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> ProbeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Layer4Probe script = request.Options.TryGetValue(Script, out var wanted) ? wanted : Layer4Probe.Connect;
        await probe(request.RequestUri!, script, cancellationToken).ConfigureAwait(false);
        return new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request };
    }
}
