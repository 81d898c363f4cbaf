namespace EdgeGate.Native.Kernel;

/// <summary>What <c>/proc/net/sockstat</c> and <c>sockstat6</c> tell; null where unknown.</summary>
public sealed record SocketUsage
{
    /// <summary>All sockets in use, of every kind.</summary>
    public long? Sockets { get; init; }

    /// <summary>TCP over IPv4 in use.</summary>
    public long? TcpInUse { get; init; }

    /// <summary>TCP over IPv6 in use.</summary>
    public long? Tcp6InUse { get; init; }

    /// <summary>TCP sockets that no process holds any more.</summary>
    public long? TcpOrphan { get; init; }

    /// <summary>TCP sockets in TIME-WAIT.</summary>
    public long? TcpTimeWait { get; init; }

    /// <summary>Kernel memory held by all TCP sockets, in pages; compare with <c>tcp_mem</c>.</summary>
    public long? TcpMemoryPages { get; init; }

    /// <summary>UDP over IPv4 in use.</summary>
    public long? UdpInUse { get; init; }

    /// <summary>UDP over IPv6 in use.</summary>
    public long? Udp6InUse { get; init; }

    /// <summary>Kernel memory held by all UDP sockets, in pages; compare with <c>udp_mem</c>.</summary>
    public long? UdpMemoryPages { get; init; }
}
