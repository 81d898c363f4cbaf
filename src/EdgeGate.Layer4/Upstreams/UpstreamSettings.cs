using System.Net;
using EdgeGate.Transport.ProxyProtocol;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>How a cluster shares out its destinations.</summary>
public sealed record UpstreamSettings
{
    /// <summary>How long a connection waits for a place where nothing is configured.</summary>
    public static readonly TimeSpan DefaultQueueTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A name of <see cref="Balancing.BalancingPolicies.Names"/>; null is the default one.</summary>
    public string? Policy { get; init; }

    /// <summary>At most so many connections to each destination; null sets no limit.</summary>
    public int? MaxConnectionsPerDestination { get; init; }

    /// <summary>How long a connection waits, in all, for a place at a destination; zero refuses it at once.</summary>
    public TimeSpan QueueTimeout { get; init; } = DefaultQueueTimeout;

    /// <summary>The header that connections to the destinations begin with.</summary>
    public ProxyProtocolVersion SendProxyProtocol { get; init; }

    /// <summary>
    /// The addresses of this machine from which connections are made, each to destinations of its family; none leaves
    /// the choice to the kernel.
    /// </summary>
    public IReadOnlyList<IPAddress> SourceAddresses { get; init; } = [];
}
