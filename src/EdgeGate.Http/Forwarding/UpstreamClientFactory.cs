using System.Globalization;
using System.Text;
using EdgeGate.Http.Health;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.Http.Forwarding;

/// <summary>Builds each cluster's HTTP client: YARP's, with an edge's defaults.</summary>
internal sealed class UpstreamClientFactory(HttpGatewayOptions options, ILogger<ForwarderHttpClientFactory> logger)
    : ForwarderHttpClientFactory(logger), IForwarderHttpClientFactory
{
    /// <summary>Metadata key: the connections to one destination, beyond which requests wait for a free one.</summary>
    private const string MaxConnections = "EdgeGate.MaxConnectionsPerDestination";

    /// <summary>Metadata key: the PROXY header that a connection begins with, V1 or V2.</summary>
    private const string SendProxyProtocol = "EdgeGate.SendProxyProtocol";

    /// <summary>
    /// YARP's own has no place for a client that is more than a handler, so this one stands before it.
    /// </summary>
    public new HttpMessageInvoker CreateClient(ForwarderHttpClientContext context)
    {
        if (options.ProxyHeader is not { } header || VersionOf(context.NewMetadata) is not { } version
            || CanReuseOldClient(context))
        {
            return base.CreateClient(context);
        }

        var afresh = new ForwarderHttpClientContext
        {
            ClusterId = context.ClusterId,
            NewConfig = context.NewConfig,
            NewMetadata = context.NewMetadata,
        };
        return new ClientBoundInvoker(() => base.CreateClient(afresh), client => header(version, client));
    }

    /// <summary>YARP compares its own settings; ours lie in the metadata.</summary>
    protected override bool CanReuseOldClient(ForwarderHttpClientContext context) =>
        base.CanReuseOldClient(context)
        && MaxConnectionsOf(context.OldMetadata) == MaxConnectionsOf(context.NewMetadata)
        && VersionOf(context.OldMetadata) == VersionOf(context.NewMetadata);

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = options.ConnectTimeout;
        handler.ConnectCallback = UpstreamDialer.ConnectAsync;
        handler.PooledConnectionLifetime = options.ConnectionLifetime;
        if (!options.JoinTraces)
        {
            handler.ActivityHeadersPropagator = null;
        }

        if (MaxConnectionsOf(context.NewMetadata) is { } connections)
        {
            handler.MaxConnectionsPerServer = connections;
        }

        // With Kestrel set likewise, header bytes above ASCII pass through unchanged instead of failing the request.
        handler.RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        handler.ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        base.ConfigureHandler(context, handler);
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new Layer4ProbeHandler(handler, options.ProbeLayer4 ?? Layer4Prober.ProbeAsync);

    private static string? VersionOf(IReadOnlyDictionary<string, string>? metadata) =>
        metadata?.GetValueOrDefault(SendProxyProtocol)?.ToUpperInvariant();

    private static int? MaxConnectionsOf(IReadOnlyDictionary<string, string>? metadata) =>
        metadata?.GetValueOrDefault(MaxConnections) is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var connections) && connections > 0
            ? connections
            : null;
}
