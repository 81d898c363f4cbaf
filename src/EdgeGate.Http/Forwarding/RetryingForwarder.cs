using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http.Forwarding;

/// <summary>
/// Tries a request again at another destination, where the first could not be reached or said 502, 503 or 504, and where
/// that can do no harm: the method is idempotent (RFC 9110, section 9.2.2), the request has no body, and the client has
/// got nothing yet. Destinations that fail are told to passive health, which takes them out: a circuit breaker.
/// </summary>
internal sealed class RetryingForwarder(
    IHttpForwarder inner, IEnumerable<IPassiveHealthCheckPolicy> health, Action<string>? retried) : IHttpForwarder
{
    private readonly IPassiveHealthCheckPolicy[] _health = [.. health];

    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient,
        ForwarderRequestConfig requestConfig, HttpTransformer transformer) =>
        SendAsync(context, destinationPrefix, httpClient, requestConfig, transformer, CancellationToken.None);

    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient,
        ForwarderRequestConfig requestConfig, HttpTransformer transformer, CancellationToken cancellationToken)
    {
        if (httpClient is not RetryingInvoker retrying)
        {
            return inner.SendAsync(context, destinationPrefix, httpClient, requestConfig, transformer, cancellationToken);
        }

        retrying.Budget.Deposit();
        return context.Features.Get<IReverseProxyFeature>() is { } proxy && MayRepeat(context, proxy)
            ? SendAsync(context, proxy, destinationPrefix, retrying, requestConfig, transformer, cancellationToken)
            : inner.SendAsync(context, destinationPrefix, retrying.Client, requestConfig, transformer, cancellationToken);
    }

    private async ValueTask<ForwarderError> SendAsync(
        HttpContext context, IReverseProxyFeature proxy, string address, RetryingInvoker retrying,
        ForwarderRequestConfig config, HttpTransformer transformer, CancellationToken cancellation)
    {
        var tried = new List<DestinationState?> { proxy.ProxiedDestination };
        DestinationState? next = null;
        bool TakeRetry() => tried.Count <= retrying.Retries && (next = FindOther(proxy, tried)) is not null && retrying.Budget.TryTake();
        while (true)
        {
            bool taken = false;
            var attempt = new AttemptInvoker(retrying.Client, () => taken = TakeRetry());
            ForwarderError error = await inner.SendAsync(context, address, attempt, config, transformer, cancellation);
            if (error != ForwarderError.Request || context.Response.HasStarted || IsShortage(context) || !(taken || TakeRetry()))
            {
                return error;
            }

            if (!taken)
            {
                TellHealth(context, proxy); // what answers is alive, as YARP sees it
            }

            retried?.Invoke(proxy.Cluster.Config.ClusterId);
            tried.Add(next);
            proxy.ProxiedDestination = next;
            address = next!.Model.Config.Address;
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.StatusCode = StatusCodes.Status200OK;
        }
    }

    // Whom a client is bound to, it stays with.
    private static bool MayRepeat(HttpContext context, IReverseProxyFeature proxy) =>
        IsIdempotent(context.Request.Method)
        && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
        && context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
        && proxy.Cluster.Config.SessionAffinity?.Enabled != true;

    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method)
        || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method);

    // Of this machine's own the forwarder beneath has tried all that may help.
    private static bool IsShortage(HttpContext context) =>
        UpstreamShortageException.In(context.Features.Get<IForwarderErrorFeature>()?.Exception) is not null;

    private static DestinationState? FindOther(IReverseProxyFeature proxy, List<DestinationState?> tried)
    {
        IReadOnlyList<DestinationState> available = proxy.Route.Cluster?.DestinationsState.AvailableDestinations ?? [];
        int start = available.Count == 0 ? 0 : Random.Shared.Next(available.Count);
        for (int i = 0; i < available.Count; i++)
        {
            if (available[(start + i) % available.Count] is var other && !tried.Contains(other))
            {
                return other;
            }
        }

        return null;
    }

    /// <summary>YARP tells of the last destination only.</summary>
    private void TellHealth(HttpContext context, IReverseProxyFeature proxy)
    {
        if (proxy.Cluster.Config.HealthCheck?.Passive is { Enabled: true } passive
            && proxy is { ProxiedDestination: { } failed, Route.Cluster: { } cluster })
        {
            string name = passive.Policy ?? HealthCheckConstants.PassivePolicy.TransportFailureRate;
            Array.Find(_health, policy => policy.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?.RequestProxied(context, cluster, failed);
        }
    }
}
