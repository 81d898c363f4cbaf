namespace EdgeGate.Http.Forwarding;

/// <summary>
/// Asks <c>https</c> destinations for the name that their cluster gives them. HttpClient has no setting for SNI: it takes the
/// name from the request's <c>Host</c>, and from the address only where that is not set.
/// </summary>
internal sealed class ServerNameHandler(string name, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { } uri && uri.Scheme == Uri.UriSchemeHttps)
        {
            request.Headers.Host ??= uri.IsDefaultPort ? name : $"{name}:{uri.Port}";
        }

        return base.SendAsync(request, cancellationToken);
    }
}
