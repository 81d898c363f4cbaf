using EdgeGate.Http.Health;
using EdgeGate.Http.Upstream;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http;

/// <summary>What EdgeGate adds to YARP's own configuration; a cluster's own setting always wins.</summary>
public sealed record HttpGatewayOptions
{
    /// <summary>What relative paths in the clusters' metadata start from; null: the current directory.</summary>
    public string? Folder { get; init; }

    /// <summary>How long connecting to an upstream may take; after that the client gets a 504 or 502.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long an upstream connection is used again before a new one, and with it a new DNS answer, takes its
    /// place. HttpClient's own default is for ever, which never sees a changed address.
    /// </summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long an exchange may stand still, neither side sending a byte, where the cluster's
    /// <c>HttpRequest:ActivityTimeout</c> says nothing; YARP's default. For an upgraded connection (WebSocket) it
    /// bounds only the wait for the upstream's answer: once established it may stay idle as long as both ends like.
    /// Event streams and gRPC calls keep it, as their clients resume by design; a cluster that serves rarely
    /// speaking ones sets a longer <c>ActivityTimeout</c>.
    /// </summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// Whether a cluster belongs to layer 4, by its name: a <c>unix:</c> destination does not show it. The default takes
    /// every one for HTTP.
    /// </summary>
    public Func<string, bool>? IsLayer4 { get; init; }

    /// <summary>
    /// Asks a <c>tcp://</c> or <c>udp://</c> destination whether it is alive, when YARP's active health check comes
    /// round to it. Completing means alive, throwing means not. The default connects, says what the probe says, and
    /// waits for what it expects.
    /// </summary>
    public Func<Uri, Layer4Probe, CancellationToken, ValueTask>? ProbeLayer4 { get; init; }

    /// <summary>
    /// Told of a cluster whose destinations have changed, or which of them take requests. Called from any thread, and
    /// perhaps twice at once.
    /// </summary>
    public Action<ClusterState>? DestinationsChanged { get; init; }

    /// <summary>Told of every request that is forwarded; null for nobody.</summary>
    public IForwardingObserver? Observer { get; init; }

    /// <summary>Told of the cluster of each request that is tried again; null for nobody.</summary>
    public Action<string>? Retried { get; init; }

    /// <summary>
    /// Writes the PROXY header of the version that a cluster's <c>EdgeGate.SendProxyProtocol</c> names, for a client or,
    /// given null, for a connection of the gateway's own. Where it is null, no header is sent.
    /// </summary>
    public Func<string, ProxiedClient?, ReadOnlyMemory<byte>>? ProxyHeader { get; init; }

    /// <summary>
    /// Where the gateway's own HTTP/1.1 client keeps its connections to cleartext upstreams. Where it is null, and for all
    /// that client does not do (TLS, HTTP/2, a proxy before the upstream, a PROXY header), upstreams are
    /// reached through HttpClient's <see cref="SocketsHttpHandler"/>.
    /// </summary>
    public IUpstreamLoops? UpstreamLoops { get; init; }

    /// <summary>Told of every connect to an upstream, on whatever thread made it; null for nobody.</summary>
    public Action<UpstreamConnect>? UpstreamConnected { get; init; }

    /// <summary>
    /// Takes a port for an upstream connection, of the source that has the most left; null if none has one. It tells of
    /// that itself. The default leaves source and port to the kernel.
    /// </summary>
    public Func<UpstreamAddress, UpstreamPort?>? TakePort { get; init; }

    /// <summary>
    /// Takes a descriptor for an upstream connection, which is disposed of when that is closed; null if there is none, and
    /// the request is answered 503. The default does not ask.
    /// </summary>
    public Func<IDisposable?>? TakeDescriptor { get; init; }
}
