using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http.Forwarding;

/// <summary>
/// What becomes of a request for which this machine had no port or no descriptor. Nothing was sent, so another destination
/// may get it; where none is left, the client is told to come again, and no destination is to blame.
/// </summary>
internal readonly struct UpstreamShortages(
    IHttpForwarder inner,
    HttpContext context,
    HttpMessageInvoker client,
    ForwarderRequestConfig config,
    HttpTransformer transformer,
    CancellationToken cancellation)
{
    private const int MaxDestinations = 3; // as on layer 4

    private readonly IHttpForwarder _inner = inner;
    private readonly HttpMessageInvoker _client = client;
    private readonly ForwarderRequestConfig _config = config;
    private readonly HttpTransformer _transformer = transformer;
    private readonly CancellationToken _cancellation = cancellation;

    public HttpContext Context { get; } = context;

    /// <summary>Whether the request failed for one; whoever had nothing to give has told of it.</summary>
    public bool IsOne => Last is not null;

    private UpstreamShortageException? Last =>
        Context.Response.HasStarted ? null : UpstreamShortageException.In(Context.GetForwarderErrorFeature()?.Exception);

    /// <summary>Tries other destinations, or answers 503.</summary>
    public async ValueTask<ForwarderError> ResolveAsync(ForwarderError error)
    {
        IReverseProxyFeature? proxy = Context.Features.Get<IReverseProxyFeature>();
        var tried = new List<DestinationState?> { proxy?.ProxiedDestination };
        while (Last is { IsOfDestination: true } && tried.Count < MaxDestinations && TryFindOther(proxy, tried, out var other))
        {
            tried.Add(other);
            proxy!.ProxiedDestination = other; // whom passive health judges by what comes
            Context.Features.Set<IForwarderErrorFeature>(null);
            Context.Response.StatusCode = StatusCodes.Status200OK;
            error = await _inner.SendAsync(
                Context, other.Model.Config.Address, _client, _config, _transformer, _cancellation);
        }

        if (Last is not null)
        {
            Context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            Context.Response.Headers.RetryAfter = "1";
            if (proxy is not null)
            {
                proxy.ProxiedDestination = null; // passive health judges nobody
            }
        }

        return error;
    }

    // Whom a client is bound to, it stays with.
    private static bool TryFindOther(
        IReverseProxyFeature? proxy, List<DestinationState?> tried, [NotNullWhen(true)] out DestinationState? other)
    {
        other = proxy?.Cluster.Config.SessionAffinity?.Enabled == true
            ? null
            : proxy?.Route.Cluster?.DestinationsState.AvailableDestinations.FirstOrDefault(d => !tried.Contains(d));
        return other is not null;
    }
}
