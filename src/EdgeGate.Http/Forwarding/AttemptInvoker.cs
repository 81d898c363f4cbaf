using System.Net;

namespace EdgeGate.Http.Forwarding;

/// <summary>One attempt of several: an answer that says that the upstream cannot serve is not passed on, if there may be another.</summary>
/// <param name="client">The client itself.</param>
/// <param name="mayRetry">Takes another attempt, if there is one.</param>
internal sealed class AttemptInvoker(HttpMessageInvoker client, Func<bool> mayRetry)
    : HttpMessageInvoker(Unused, disposeHandler: false)
{
    private static readonly HttpMessageHandler Unused = new SocketsHttpHandler();

    public override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
            && mayRetry())
        {
            response.Dispose();
            throw new RetryableAnswerException(response.StatusCode);
        }

        return response;
    }
}
