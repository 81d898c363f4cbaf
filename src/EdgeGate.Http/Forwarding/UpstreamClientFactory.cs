using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using EdgeGate.Http.Health;
using EdgeGate.Http.Upstream;
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

    /// <summary>Metadata key: the addresses that upstream connections come from; the daemon reads it.</summary>
    private const string SourceAddresses = "EdgeGate.SourceAddresses";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private readonly ILogger _log = logger;
    private readonly ConcurrentDictionary<string, UpstreamTls> _tls = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// YARP's own has no place for a client that is more than a handler, so this one stands before it.
    /// </summary>
    public new HttpMessageInvoker CreateClient(ForwarderHttpClientContext context) => CanReuseOldClient(context)
        ? base.CreateClient(context)
        : RetryingInvoker.Wrap(CreateAfresh(context), context.NewMetadata);

    private HttpMessageInvoker CreateAfresh(ForwarderHttpClientContext context)
    {
        if (options.ProxyHeader is not { } header || VersionOf(context.NewMetadata) is not { } version)
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

    /// <summary>YARP compares its own settings; ours lie in the metadata, and in the files that it names.</summary>
    protected override bool CanReuseOldClient(ForwarderHttpClientContext context) =>
        base.CanReuseOldClient(context)
        && _tls.GetValueOrDefault(context.ClusterId) is { } tls && tls == ReadTls(context)
        && MaxConnectionsOf(context.OldMetadata) == MaxConnectionsOf(context.NewMetadata)
        && VersionOf(context.OldMetadata) == VersionOf(context.NewMetadata)
        && RetryingInvoker.AreSame(context.OldMetadata, context.NewMetadata)
        && context.OldMetadata?.GetValueOrDefault(SourceAddresses) == context.NewMetadata?.GetValueOrDefault(SourceAddresses);

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = options.ConnectTimeout;
        handler.ConnectCallback = new UpstreamDialer(context.ClusterId, options).ConnectAsync;
        handler.PooledConnectionLifetime = options.ConnectionLifetime;

        // Whoever traces the request has put its context into the headers, as any other; the handler that would write one
        // for every request costs a tenth of a small one.
        handler.ActivityHeadersPropagator = null;

        if (MaxConnectionsOf(context.NewMetadata) is { } connections)
        {
            handler.MaxConnectionsPerServer = connections;
        }

        (_tls[context.ClusterId] = ReadTls(context)).Configure(handler.SslOptions);

        // With Kestrel set likewise, header bytes above ASCII pass through unchanged instead of failing the request.
        handler.RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        handler.ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        base.ConfigureHandler(context, handler);
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler)
    {
        HttpMessageHandler named = ReadTls(context).ServerName is { } name ? new ServerNameHandler(name, handler) : handler;
        return new Layer4ProbeHandler(
            options.UpstreamLoops is { } loops && handler is SocketsHttpHandler sockets && SuitsOwnClient(context)
                ? new UpstreamHandler(loops, OptionsOf(sockets, context.ClusterId), named)
                : named,
            options.ProbeLayer4 ?? new Layer4Prober(new UpstreamDialer(context.ClusterId, options)).ProbeAsync);
    }

    /// <summary>
    /// What the files hold now; the same object as long as that is what the cluster's client has. They were found usable when
    /// the configuration was read; what a moment later is not leaves the cluster with what it had. It changes nothing, as
    /// whether a client can be used again is asked more than once.
    /// </summary>
    private UpstreamTls ReadTls(ForwarderHttpClientContext context)
    {
        var wanted = UpstreamTlsOptions.Of(context.NewMetadata, options.Folder);
        UpstreamTls? before = _tls.GetValueOrDefault(context.ClusterId);
        try
        {
            return UpstreamTls.Load(wanted, before);
        }
        catch (InvalidDataException e) when (before is not null)
        {
            ForwarderLog.TlsKept(_log, context.ClusterId, e.Message);
            return before;
        }
    }

    /// <summary>Whether the cluster asks for nothing that only HttpClient's own handler does.</summary>
    private static bool SuitsOwnClient(ForwarderHttpClientContext context) =>
        context.NewConfig.WebProxy?.Address is null
        && IsLatin1(context.NewConfig.RequestHeaderEncoding)
        && IsLatin1(context.NewConfig.ResponseHeaderEncoding)
        && VersionOf(context.NewMetadata) is null;

    /// <summary>The settings of the handler that stands behind it: what YARP and this factory have made of the cluster's.</summary>
    private UpstreamOptions OptionsOf(SocketsHttpHandler handler, string cluster) => new()
    {
        Cluster = cluster,
        Connected = options.UpstreamConnected,
        ConnectTimeout = Bounded(handler.ConnectTimeout),
        ConnectionLifetime = Bounded(handler.PooledConnectionLifetime),
        IdleTimeout = Bounded(handler.PooledConnectionIdleTimeout),
        ContinueTimeout = Bounded(handler.Expect100ContinueTimeout),
        MaxConnections = handler.MaxConnectionsPerServer,
        TakePort = options.TakePort is not { } take ? null
            : (host, port, address) => take(new UpstreamAddress(cluster, host, port, address)),
        TakeDescriptor = options.TakeDescriptor,
    };

    private static TimeSpan Bounded(TimeSpan time) => time < TimeSpan.Zero || time > Longest ? Longest : time;

    private static bool IsLatin1(string? encoding) =>
        encoding is null || Encoding.GetEncoding(encoding).CodePage == Encoding.Latin1.CodePage;

    private static string? VersionOf(IReadOnlyDictionary<string, string>? metadata) =>
        metadata?.GetValueOrDefault(SendProxyProtocol)?.ToUpperInvariant();

    private static int? MaxConnectionsOf(IReadOnlyDictionary<string, string>? metadata) =>
        metadata?.GetValueOrDefault(MaxConnections) is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var connections) && connections > 0
            ? connections
            : null;
}
