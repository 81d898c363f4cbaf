using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Workloads;

/// <summary>All work that there is, in the order that it is done.</summary>
internal static class WorkloadCatalog
{
    private const int Connections = 64;
    private const int Busy = 16; // connections that are enough for long answers

    // A request goes through thousands of methods, and each becomes faster twice.
    private static readonly TimeSpan ManyMethods = TimeSpan.FromSeconds(8);

    /// <summary>The names that the command line knows: of all work, and of all groups.</summary>
    internal static IReadOnlyList<string> Names { get; } =
        [.. All(Scale.Quick, rate: null).SelectMany(workload => new[] { workload.Group, workload.Id }).Distinct()];

    /// <param name="scale">How long and how much.</param>
    /// <param name="rate">Requests a second where the rate is fixed; null for a quarter of what the slowest can do.</param>
    internal static Workload[] All(Scale scale, int? rate) =>
    [
        .. Relays(scale, rate), .. Datagrams(scale), .. Http(scale, rate), .. Tls(scale), .. Fresh(scale),
    ];

    private static Workload[] Relays(Scale scale, int? rate) =>
    [
        new CpuWorkload(
            "relay-echo", $"TCP relay: 100 bytes there and back, {Connections} connections", Unit.Request, scale,
            peer => peer.EchoPort, (_, port) => Grown(new ClientLoad(port, Exchange.Ping), Connections)),
        new LatencyWorkload(
            "relay-latency", $"TCP relay at a fixed rate: 100 bytes there and back, {Connections} connections", scale, rate,
            peer => peer.EchoPort, Exchange.Ping),
        new CpuWorkload(
            "relay-connect", $"TCP relay: a new connection for 100 bytes there and back, {Busy} at once", Unit.Connection, scale,
            peer => peer.EchoPort, (_, port) => new ConnectingLoad(port, Exchange.Ping, Busy)),
        new CpuWorkload(
            "relay-bulk", "TCP relay: bulk, 4 connections", Unit.Gigabyte, scale,
            peer => peer.SourcePort, (_, port) => new BulkLoad(port, 4)) { For = Variant.Relay, CompilationTime = TimeSpan.FromSeconds(1) },
        new SystemCalls("relay-calls", "TCP relay, 100 bytes there and back", scale, peer => peer.EchoPort, Exchange.Ping),
        new Allocations("relay-allocations", "TCP relay, 100 bytes there and back", scale, peer => peer.EchoPort, Exchange.Ping),
    ];

    private static Workload[] Datagrams(Scale scale) =>
    [
        new CpuWorkload(
            "udp-echo", "UDP relay: 100 bytes there and back, 200 clients", Unit.Exchange, scale,
            peer => peer.DatagramPort, (_, port) => Grown(new DatagramLoad(port, 200))),
        new DatagramBurst(scale),
    ];

    private static Workload[] Http(Scale scale, int? rate) =>
    [
        new CpuWorkload(
            "http-get", $"HTTP/1.1: small GET, {Connections} keep-alive connections", Unit.Request, scale,
            peer => peer.HttpPort, (_, port) => Grown(new ClientLoad(port, Exchange.Get), Connections))
        {
            For = Variant.Http,
            CompilationTime = ManyMethods,
        },
        new LatencyWorkload(
            "http-latency", $"HTTP/1.1 at a fixed rate: small GET, {Connections} keep-alive connections", scale, rate,
            peer => peer.HttpPort, Exchange.Get),
        new CpuWorkload(
            "http-connect", $"HTTP/1.1: a new connection for each small GET, {Busy} at once", Unit.Request, scale,
            peer => peer.HttpPort, (_, port) => new ConnectingLoad(port, Exchange.GetAndClose, Busy)),
        Download("http-64k", "64 KB", Busy, HttpConnection.MediumPath, HttpConnection.MediumBytes, Unit.Request, scale),
        Download("http-1m", "1 MB", 4, HttpConnection.LargePath, HttpConnection.LargeBytes, Unit.Request, scale),
        new CpuWorkload(
            "http-h2",
            $"HTTP/2 without TLS: small GET, {H2Load.Connections} connections with {H2Load.StreamsAtOnce} streams at once",
            Unit.Request, scale, peer => peer.Http2Port, (_, port) => new H2Load(port))
        {
            Program = Tool.H2Load,
        },
        new CpuWorkload(
            "http-websocket", $"WebSocket: 32 bytes there and back, {Connections} connections", Unit.Message, scale,
            peer => peer.HttpPort, (_, port) => Grown(new ClientLoad(port, Exchange.Message, Exchange.Upgrade), Connections)),
        new SystemCalls("http-calls", "HTTP/1.1, small GET", scale, peer => peer.HttpPort, Exchange.Get),
        new Allocations("http-allocations", "HTTP/1.1, small GET", scale, peer => peer.HttpPort, Exchange.Get),
    ];

    private static Workload[] Tls(Scale scale) =>
    [
        new CpuWorkload(
            "tls-handshake", $"TLS 1.3: a full handshake for each small GET, {HandshakeLoad.AtOnce} at once", Unit.Connection, scale,
            peer => peer.HttpsPort, (peer, port) => new HandshakeLoad(port, peer.Certificate!.Certificate, resumed: false)),
        new CpuWorkload(
            "tls-resumption", $"TLS 1.3: a resumed session for each small GET, {HandshakeLoad.AtOnce} at once", Unit.Connection, scale,
            peer => peer.HttpsPort, (peer, port) => new HandshakeLoad(port, peer.Certificate!.Certificate, resumed: true)),
        new CpuWorkload(
            "tls-get", $"TLS 1.3: small GET, {Connections} keep-alive connections", Unit.Request, scale,
            peer => peer.HttpsPort, (_, port) => new WrkLoad(port, HttpConnection.SmallPath, Connections)) { Program = Tool.Wrk },
        new CpuWorkload(
            "tls-transfer", "TLS 1.3: answers of 1 MB, 4 keep-alive connections", Unit.Gigabyte, scale,
            peer => peer.HttpsPort, (_, port) => new WrkLoad(port, HttpConnection.LargePath, 4, HttpConnection.LargeBytes)) { Program = Tool.Wrk },
    ];

    // The less one takes the more there must be of them, or what else changes in a process is what is seen.
    private static Workload[] Fresh(Scale scale) =>
    [
        new IdleConnections(
            "idle-tcp", "TCP relays", scale with { IdleConnections = scale.IdleConnections * 3 }, peer => peer.EchoPort, (_, port) => new ClientLoad(port, Exchange.Ping)),
        new IdleConnections(
            "idle-http", "HTTP keep-alive", scale, peer => peer.HttpPort, (_, port) => new ClientLoad(port, Exchange.Get)),
        new IdleConnections(
            "idle-websocket", "WebSockets", scale, peer => peer.HttpPort, (_, port) => new ClientLoad(port, Exchange.Upgrade)),
        new IdleConnections(
            "idle-tls", "https", scale with { IdleConnections = scale.IdleConnections / 2 }, peer => peer.HttpsPort,
            (peer, port) => new TlsLoad(port, peer.Certificate!.Certificate, Exchange.Get)),
        new StartUp(),
    ];

    private static CpuWorkload Download(string id, string size, int connections, string path, int bytes, Unit unit, Scale scale) => new(
        id, $"HTTP/1.1: answers of {size}, {connections} keep-alive connections", unit, scale,
        peer => peer.HttpPort, (_, port) => Grown(new ClientLoad(port, Exchange.Download(path, bytes)), connections))
    {
        For = Variant.Http,
    };

    private static ClientLoad Grown(ClientLoad load, int connections)
    {
        load.Grow(connections);
        return load;
    }

    /// <summary>Every client gets its flow before anything is measured.</summary>
    private static DatagramLoad Grown(DatagramLoad load)
    {
        load.RunFor(TimeSpan.Zero);
        return load;
    }
}
