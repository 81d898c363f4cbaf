using System.Diagnostics.Metrics;
using EdgeGate.Layer4.Upstreams;

namespace EdgeGate.Telemetry;

/// <summary>The gauges of layer-4 clusters: their labels are names of the configuration, and so bounded.</summary>
internal static class UpstreamGauges
{
    public static void Register(Meter meter, Func<IEnumerable<UpstreamCluster>> clusters)
    {
        meter.CreateObservableGauge(
            "edgegate.upstream.connections",
            () => PerDestination(clusters(), (_, destination) => destination.Active),
            description: "Connections to a destination, those that are being made among them.");
        meter.CreateObservableGauge(
            "edgegate.upstream.available",
            () => PerDestination(clusters(), (cluster, destination) => cluster.IsAvailable(destination) ? 1 : 0),
            description: "Whether a destination takes new connections: 1 or 0.");
        meter.CreateObservableGauge(
            "edgegate.upstream.queue",
            () => clusters().Select(cluster => new Measurement<int>(
                cluster.QueueLength, new KeyValuePair<string, object?>("cluster", cluster.Name))),
            description: "Connections that wait for a place at a destination.");
    }

    private static IEnumerable<Measurement<int>> PerDestination(
        IEnumerable<UpstreamCluster> clusters, Func<UpstreamCluster, Destination, int> value) =>
        from cluster in clusters
        from destination in cluster.Destinations
        select new Measurement<int>(
            value(cluster, destination),
            new KeyValuePair<string, object?>("cluster", cluster.Name),
            new KeyValuePair<string, object?>("destination", destination.Id));
}
