using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.Http.Forwarding;

/// <summary>
/// Stands before YARP's forwarder, the one place that sees a request together with its cluster's settings, and
/// corrects what an edge must not inherit: upstream connections that clients share where
/// the upstream tells clients by their connections, the time-out of idle upgraded connections, hop-by-hop headers that the
/// client named itself, and destinations that do not speak HTTP.
/// </summary>
internal sealed class GatewayForwarder(
    IHttpForwarder inner, HttpGatewayOptions options, ILogger<GatewayForwarder> log) : IHttpForwarder
{
    private const long QuietMilliseconds = 1000;

    private static readonly TimeSpan YarpActivityTimeout = TimeSpan.FromSeconds(100);

    private readonly ConcurrentDictionary<string, long> _warnedAt = new(); // by destination; what is configured bounds it

    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient,
        ForwarderRequestConfig requestConfig, HttpTransformer transformer) =>
        SendAsync(context, destinationPrefix, httpClient, requestConfig, transformer, CancellationToken.None);

    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient,
        ForwarderRequestConfig requestConfig, HttpTransformer transformer, CancellationToken cancellationToken)
    {
        HopByHopHeaders.RemoveFromRequest(context.Request.Headers);
        TraceContext.RemoveAmbiguous(context.Request.Headers);
        options.Observer?.Forwarding(context, UnixUpstreamAddress.Display(destinationPrefix));
        if (Layer4Address.Is(destinationPrefix))
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            options.Observer?.Forwarded(context, ForwarderError.RequestCreation);
            return new(ForwarderError.RequestCreation);
        }

        if (httpClient is ClientBoundInvoker clients)
        {
            httpClient = clients.For(context);
        }

        if (requestConfig.ActivityTimeout is null)
        {
            if (IsUpgrade(context))
            {
                // YARP would end an idle WebSocket after 100 s. Until the upstream has agreed to the upgrade the
                // ordinary bound holds; or asking for an upgrade would be a way to wait for ever.
                httpClient = new ResponseDeadlineInvoker(httpClient, options.ActivityTimeout);
                requestConfig = requestConfig with { ActivityTimeout = Timeout.InfiniteTimeSpan };
            }
            else if (options.ActivityTimeout != YarpActivityTimeout)
            {
                requestConfig = requestConfig with { ActivityTimeout = options.ActivityTimeout };
            }
        }

        return TellAsync(
            new UpstreamShortages(inner, context, httpClient, requestConfig, transformer, cancellationToken),
            destinationPrefix,
            inner.SendAsync(context, destinationPrefix, httpClient, requestConfig, transformer, cancellationToken));
    }

    // Pooled, because every request passes here and hardly one fails.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ForwarderError> TellAsync(
        UpstreamShortages shortages, string destination, ValueTask<ForwarderError> forwarding)
    {
        HttpContext context = shortages.Context;
        ForwarderError error = await forwarding;
        if (error == ForwarderError.Request && shortages.IsOne)
        {
            error = await shortages.ResolveAsync(error);
        }

        options.Observer?.Forwarded(context, error);
        if (error != ForwarderError.None)
        {
            Tell(context, destination, error, IsTheClients(error) || shortages.IsOne || !MayWarn(destination) ? LogLevel.Debug : LogLevel.Warning);
        }

        return error;
    }

    private void Tell(HttpContext context, string destination, ForwarderError error, LogLevel level)
    {
        if (log.IsEnabled(level))
        {
            Exception? cause = context.GetForwarderErrorFeature()?.Exception;
            string? reason = (cause?.InnerException ?? cause)?.Message;
            string? path = context.Request.Path.Value;
            string to = UnixUpstreamAddress.Display(destination);
            ForwarderLog.Failed(log, level, context.Request.Method, path, to, error, reason);
        }
    }

    /// <summary>
    /// Whether a destination's failure is worth a warning: the first of each second is. The metrics count all of them, and
    /// the access log has each.
    /// </summary>
    private bool MayWarn(string destination)
    {
        long now = Environment.TickCount64;
        long before = _warnedAt.GetOrAdd(destination, now - QuietMilliseconds);
        return now - before >= QuietMilliseconds && _warnedAt.TryUpdate(destination, now, before); // one of those that race
    }

    /// <summary>Whether it was the client who went away or sent what cannot be passed on.</summary>
    private static bool IsTheClients(ForwarderError error) => error is
        ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient
        or ForwarderError.ResponseBodyCanceled or ForwarderError.ResponseBodyClient
        or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeRequestClient
        or ForwarderError.UpgradeResponseCanceled or ForwarderError.UpgradeResponseClient;

    /// <summary>The upgrades that YARP carries: WebSocket (RFC 6455 and RFC 8441) and SPDY as Kubernetes uses it.</summary>
    private static bool IsUpgrade(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return string.Equals(connect.Protocol, "websocket", StringComparison.OrdinalIgnoreCase);
        }

        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
        {
            return false;
        }

        var protocol = context.Request.Headers.Upgrade.ToString();
        return protocol.Equals("websocket", StringComparison.OrdinalIgnoreCase)
            || protocol.StartsWith("SPDY/", StringComparison.OrdinalIgnoreCase);
    }
}
