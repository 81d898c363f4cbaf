using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>What one connection costs at most while it is idle.</summary>
/// <param name="Descriptors">Its own, and that of its upstream.</param>
/// <param name="UserBytes">An estimate of the daemon's memory, without buffers: an idle connection has none.</param>
/// <param name="KernelBytes">An estimate of the kernel's memory: socket, file and table entries.</param>
/// <param name="TrackedConnections">Entries in the conntrack table.</param>
internal sealed record ConnectionCost(int Descriptors, int UserBytes, int KernelBytes, int TrackedConnections)
{
    // A TCP socket with its inode, dentry and file, as the kernel's slabs show it.
    private const int KernelSocket = 4 * 1024;

    private static readonly ConnectionCost Relay = new(2, 4 * 1024, 2 * KernelSocket, 2);

    // A WebSocket keeps its upstream for good, so each HTTP connection is counted with one.
    private static readonly ConnectionCost Http = new(2, 24 * 1024, 2 * KernelSocket, 2);

    private static readonly ConnectionCost Flow = new(1, 1024, KernelSocket, 2);

    public static ConnectionCost Of(ListenerProtocol protocol) => protocol switch
    {
        ListenerProtocol.Http or ListenerProtocol.Https => Http,
        ListenerProtocol.Udp => Flow,
        _ => Relay,
    };

    /// <summary>The dearest of the lanes that the configuration has: any mix of connections fits then.</summary>
    public static ConnectionCost Dearest(GatewayConfig config)
    {
        var costs = config.Listeners.Select(l => Of(l.Protocol)).DefaultIfEmpty(Relay).ToList();
        return new ConnectionCost(
            costs.Max(c => c.Descriptors), costs.Max(c => c.UserBytes),
            costs.Max(c => c.KernelBytes), costs.Max(c => c.TrackedConnections));
    }
}
