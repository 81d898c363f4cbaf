using System.Collections.Immutable;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Configuration;

/// <summary>A whole configuration that passed every check. Immutable; a reload makes another.</summary>
internal sealed record GatewayConfig
{
    public ImmutableArray<ListenerConfig> Listeners { get; init; } = [];

    /// <summary>What relative paths in it start from; null: the current directory.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether a change of the file, or of one that it names, reloads it.</summary>
    public bool ReloadOnChange { get; init; }

    public LimitsConfig Limits { get; init; } = new();

    public KernelConfig Kernel { get; init; } = new();

    public AdminConfig Admin { get; init; } = new();

    public MetricsConfig Metrics { get; init; } = new();

    public AccessLogConfig AccessLog { get; init; } = new();

    public TracingConfig Tracing { get; init; } = new();

    public TransportConfig Transport { get; init; } = new();

    public HttpConfig Http { get; init; } = new();

    /// <summary>The routes of the ReverseProxy section, as YARP reads them.</summary>
    public ImmutableArray<RouteConfig> Routes { get; init; } = [];

    /// <summary>The clusters of the ReverseProxy section, those of layer 4 among them.</summary>
    public ImmutableArray<ClusterConfig> Clusters { get; init; } = [];

    /// <summary>Whether a listener of layer 4 leads to the cluster of that name.</summary>
    public bool LeadsToLayer4(string cluster) =>
        Listeners.Any(listener => listener.Clusters.Contains(cluster, StringComparer.OrdinalIgnoreCase));

    /// <summary>The cluster of that name, as YARP compares names, or null.</summary>
    public ClusterConfig? FindCluster(string name) =>
        Clusters.FirstOrDefault(c => string.Equals(c.ClusterId, name, StringComparison.OrdinalIgnoreCase));
}
