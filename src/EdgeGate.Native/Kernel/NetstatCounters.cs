namespace EdgeGate.Native.Kernel;

/// <summary>
/// The <c>TcpExt</c> counters of <c>/proc/net/netstat</c> that tell of lost connections, since the network
/// namespace came up. Null where this kernel does not have the counter.
/// </summary>
public sealed record NetstatCounters
{
    /// <summary>Completed handshakes dropped because the accept queue was full.</summary>
    public long? ListenOverflows { get; init; }

    /// <summary>Connection requests dropped at a listener for whatever reason; includes the overflows.</summary>
    public long? ListenDrops { get; init; }

    /// <summary>Segments dropped because a socket's backlog was full.</summary>
    public long? TcpBacklogDrop { get; init; }

    /// <summary>Connection requests dropped because the SYN queue was full and cookies were off.</summary>
    public long? TcpReqQFullDrop { get; init; }

    /// <summary>How often TCP went into memory pressure (<c>tcp_mem</c>'s middle value).</summary>
    public long? TcpMemoryPressures { get; init; }

    /// <summary>How often a receive queue was pruned for want of buffer.</summary>
    public long? PruneCalled { get; init; }
}
