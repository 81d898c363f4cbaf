using System.Net;

namespace EdgeGate.Http.Forwarding;

/// <summary>
/// Answers YARP's health probes of layer 4 destinations, so that one health state serves both layers. Everything
/// else passes; a proxied request never comes here with such an address, the forwarder refuses it.
/// </summary>
internal sealed class Layer4ProbeHandler(
    HttpMessageHandler inner, Func<Uri, CancellationToken, ValueTask> probe) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken) =>
        Layer4Address.Is(request.RequestUri)
            ? ProbeAsync(request, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> ProbeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await probe(request.RequestUri!, cancellationToken).ConfigureAwait(false);
        return new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request };
    }
}
