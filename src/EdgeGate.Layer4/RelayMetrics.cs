using System.Diagnostics.Metrics;
using EdgeGate.Layer4.Upstreams;

namespace EdgeGate.Layer4;

/// <summary>What is told of connects to upstreams: by relays, and by the HTTP client on the same loops.</summary>
public sealed class RelayMetrics
{
    private static readonly double[] ConnectBuckets = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

    private readonly Histogram<double> _connectDuration;
    private readonly Counter<long> _connectFailures;

    /// <summary>Creates the instruments on the gateway's meter.</summary>
    public RelayMetrics(Meter meter)
    {
        _connectDuration = meter.CreateHistogram(
            "edgegate.upstream.connect.duration", "s", "How long connects to upstreams took.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = ConnectBuckets });
        _connectFailures = meter.CreateCounter<long>(
            "edgegate.upstream.connect.failures", description: "Connects to upstreams that failed or timed out.");
    }

    /// <summary>A connect has ended well.</summary>
    public void Connected(string cluster, string destination, TimeSpan duration) =>
        _connectDuration.Record(duration.TotalSeconds, new("cluster", cluster), new("destination", destination));

    /// <summary>A connect has failed, or took too long.</summary>
    public void ConnectFailed(string cluster, string destination) =>
        _connectFailures.Add(1, new("cluster", cluster), new("destination", destination));

    internal void Connected(UpstreamCluster cluster, Destination destination, TimeSpan duration) =>
        Connected(cluster.Name, destination.Id, duration);

    internal void ConnectFailed(UpstreamCluster cluster, Destination destination) =>
        ConnectFailed(cluster.Name, destination.Id);
}
