using System.Diagnostics.Metrics;
using EdgeGate.Layer4.Upstreams;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Telemetry;

/// <summary>The gauges of clusters and destinations: their labels are names of the configuration, and so bounded.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Destination">The destination's.</param>
/// <param name="Active">Connections (layer 4) or requests (layer 7) that it has now.</param>
/// <param name="IsAvailable">Whether it takes new ones.</param>
internal readonly record struct UpstreamGauges(string Cluster, string Destination, int Active, bool IsAvailable)
{
    /// <param name="meter">The gateway's.</param>
    /// <param name="relayed">The clusters that layer-4 listeners lead to.</param>
    public static void RegisterLayer4(Meter meter, Func<IEnumerable<UpstreamCluster>> relayed)
    {
        meter.CreateObservableGauge(
            "edgegate.upstream.connections",
            () => Layer4(relayed()).Select(gauge => gauge.Measure(gauge.Active)),
            description: "Connections of layer 4 to a destination, those that are being made among them.");
        meter.CreateObservableGauge(
            "edgegate.upstream.queue",
            () => relayed().Select(cluster => new Measurement<int>(
                cluster.QueueLength, new KeyValuePair<string, object?>("cluster", cluster.Name))),
            description: "Connections that wait for a place at a destination.");
    }

    /// <param name="meter">The gateway's.</param>
    /// <param name="relayed">The clusters that layer-4 listeners lead to.</param>
    /// <param name="all">Every cluster of YARP's; of those of layer 4, the relays know more.</param>
    public static void Register(
        Meter meter, Func<IEnumerable<UpstreamCluster>> relayed, Func<IEnumerable<ClusterState>> all)
    {
        meter.CreateObservableGauge(
            "edgegate.upstream.requests.active",
            () => Layer7(relayed(), all()).Select(gauge => gauge.Measure(gauge.Active)),
            description: "HTTP requests that a destination is serving.");
        meter.CreateObservableGauge(
            "edgegate.upstream.available",
            () => Layer4(relayed()).Concat(Layer7(relayed(), all())).Select(gauge => gauge.Measure(gauge.IsAvailable ? 1 : 0)),
            description: "Whether a destination takes new connections or requests: 1 or 0.");
    }

    private static IEnumerable<UpstreamGauges> Layer4(IEnumerable<UpstreamCluster> clusters) =>
        from cluster in clusters
        from destination in cluster.Destinations
        select new UpstreamGauges(
            cluster.Name, destination.Id, destination.Active, cluster.IsAvailable(destination));

    private static IEnumerable<UpstreamGauges> Layer7(IEnumerable<UpstreamCluster> relayed, IEnumerable<ClusterState> all)
    {
        var layer4 = relayed.Select(cluster => cluster.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
            from cluster in all
            where !layer4.Contains(cluster.ClusterId)
            let destinations = cluster.DestinationsState
            from destination in destinations.AllDestinations
            select new UpstreamGauges(
                cluster.ClusterId,
                destination.DestinationId,
                destination.ConcurrentRequestCount,
                destinations.AvailableDestinations.Contains(destination));
    }

    private Measurement<int> Measure(int value) => new(
        value,
        new KeyValuePair<string, object?>("cluster", Cluster),
        new KeyValuePair<string, object?>("destination", Destination));
}
