namespace EdgeGate.Http.Forwarding;

/// <summary>
/// Bounds the wait for the response's header, and nothing after it. YARP takes the cancellation for a time-out, as
/// its own token was not the cause, and answers 504.
/// </summary>
internal sealed class ResponseDeadlineInvoker(HttpMessageInvoker inner, TimeSpan deadline)
    : HttpMessageInvoker(Unused, disposeHandler: false)
{
    private static readonly HttpMessageHandler Unused = new SocketsHttpHandler();

    public override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(deadline);
        return await inner.SendAsync(request, source.Token).ConfigureAwait(false);
    }
}
