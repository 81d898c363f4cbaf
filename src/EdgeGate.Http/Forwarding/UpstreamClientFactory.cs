using System.Globalization;
using System.Text;
using EdgeGate.Http.Health;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeGate.Http.Forwarding;

/// <summary>Builds each cluster's HTTP client: YARP's, with an edge's defaults.</summary>
internal sealed class UpstreamClientFactory(HttpGatewayOptions options, ILogger<ForwarderHttpClientFactory> logger)
    : ForwarderHttpClientFactory(logger)
{
    /// <summary>Metadata key: the connections to one destination, beyond which requests wait for a free one.</summary>
    private const string MaxConnections = "EdgeGate.MaxConnectionsPerDestination";

    /// <summary>YARP compares its own settings; ours lie in the metadata.</summary>
    protected override bool CanReuseOldClient(ForwarderHttpClientContext context) =>
        base.CanReuseOldClient(context)
        && MaxConnectionsOf(context.OldMetadata) == MaxConnectionsOf(context.NewMetadata);

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

    private static int? MaxConnectionsOf(IReadOnlyDictionary<string, string>? metadata) =>
        metadata?.GetValueOrDefault(MaxConnections) is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var connections) && connections > 0
            ? connections
            : null;
}
