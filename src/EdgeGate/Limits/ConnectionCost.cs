using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>What one idle connection costs, its upstream's side included.</summary>
/// <remarks>
/// The bytes are measured: <c>dotnet run -c Release --project tests/EdgeGate.Benchmarks -- constants</c> measures them
/// again and says which are off. These are of 25 November 2026: x86-64 (AMD EPYC, 2 processors), Linux 6.18, .NET 10.0.12,
/// just-in-time; medians of three fresh daemons, each with 500 and then 8,000 connections (4,000 for https) that had
/// made one exchange. A native build takes less, 300 bytes of its own for a relay and 32,000 for a WebSocket, and is counted
/// with the same.
/// </remarks>
/// <param name="Descriptors">Its own, and that of its upstream.</param>
/// <param name="UserBytes">The daemon's memory. An idle connection holds no buffer.</param>
/// <param name="KernelBytes">The kernel's memory: sockets, files and what polls them.</param>
/// <param name="ChargedBytes">
/// As much of it as a control group of version 1 is charged: an accepted socket is made in an interrupt, which belongs to
/// no group.
/// </param>
/// <param name="TrackedConnections">Entries in the conntrack table.</param>
internal sealed record ConnectionCost(
    int Descriptors, long UserBytes, long KernelBytes, long ChargedBytes, int TrackedConnections)
{
    public static ConnectionCost TcpRelay { get; } = new(2, 1_400, 9_000, 5_400, 2);

    /// <summary>A relay that has read a TLS hello.</summary>
    public static ConnectionCost TlsRelay { get; } = new(2, 1_600, 9_000, 5_400, 2);

    /// <summary>The kernel's part holds the page of buffer that a socket keeps once it has received.</summary>
    public static ConnectionCost UdpFlow { get; } = new(1, 1_100, 7_600, 2_800, 2);

    /// <summary>Between two requests, when its upstream connection is another's.</summary>
    public static ConnectionCost HttpKeepAlive { get; } = new(1, 13_000, 4_200, 1_600, 1);

    public static ConnectionCost WebSocket { get; } = new(2, 21_000, 8_700, 5_600, 2);

    public static ConnectionCost HttpsKeepAlive { get; } = new(1, 47_500, 4_400, 1_600, 1);

    public static ConnectionCost SecureWebSocket { get; } = new(2, 57_500, 8_700, 5_700, 2);

    /// <summary>
    /// What an HTTP connection's upstream takes more where .NET's client carries it: a WebSocket took 34,500 bytes of the
    /// daemon's with it; with the gateway's own, 2,600 took 24,000 each and 3,500, after a collection, 18,700. With TLS
    /// 10,000 were taken off for that, and not measured.
    /// </summary>
    public const long SocketsClientBytes = 13_500;

    /// <summary>The dearest connection that a lane may hold: any HTTP connection can become a WebSocket.</summary>
    public static ConnectionCost Of(ListenerProtocol protocol) => protocol switch
    {
        ListenerProtocol.Http => WebSocket,
        ListenerProtocol.Https => SecureWebSocket,
        ListenerProtocol.Udp => UdpFlow,
        ListenerProtocol.Tls => TlsRelay,
        _ => TcpRelay,
    };

    /// <summary>The dearest of the lanes that the configuration has: any mix of connections fits then.</summary>
    public static ConnectionCost Dearest(GatewayConfig config)
    {
        var costs = config.Listeners.Select(l => Of(l.Protocol)).DefaultIfEmpty(TcpRelay).ToList();
        return new ConnectionCost(
            costs.Max(c => c.Descriptors), costs.Max(c => c.UserBytes), costs.Max(c => c.KernelBytes),
            costs.Max(c => c.ChargedBytes), costs.Max(c => c.TrackedConnections));
    }
}
