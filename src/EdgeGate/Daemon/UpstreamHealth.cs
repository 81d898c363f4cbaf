using EdgeGate.Layer4.Upstreams;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Daemon;

/// <summary>
/// The bridge between YARP's destination state and the layer-4 clusters: YARP says which destinations take connections,
/// relays say which could not be reached. One health state serves both layers.
/// </summary>
/// <param name="find">The layer-4 cluster of a name; null if there is none.</param>
/// <param name="log">Where changes are told.</param>
internal sealed class UpstreamHealth(Func<string, UpstreamCluster?> find, ILogger log)
{
    /// <summary>How long a destination that failed is left alone where <c>ReactivationPeriod</c> says nothing.</summary>
    private static readonly TimeSpan DefaultReactivation = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private IProxyStateLookup? _clusters;
    private IDestinationHealthUpdater? _updater;

    /// <summary>Connects the two; what YARP said before is read from it.</summary>
    public void Attach(IProxyStateLookup clusters, IDestinationHealthUpdater updater)
    {
        _updater = updater;
        _clusters = clusters;
    }

    /// <summary>Takes over what YARP knows of a cluster.</summary>
    public void Apply(string cluster)
    {
        if (_clusters?.TryGetCluster(cluster, out ClusterState? state) == true)
        {
            Apply(state);
        }
    }

    /// <summary>Takes over which of a cluster's destinations take connections.</summary>
    public void Apply(ClusterState state)
    {
        if (find(state.ClusterId) is not { } cluster)
        {
            return;
        }

        lock (_lock) // so that of two at once the later one has the newer state
        {
            ClusterDestinationsState destinations = state.DestinationsState;
            var excluded = destinations.AllDestinations.Except(destinations.AvailableDestinations)
                .ToDictionary(d => d.DestinationId, StringComparer.OrdinalIgnoreCase);
            foreach (Destination known in cluster.Destinations)
            {
                bool was = cluster.IsAvailable(known);
                if (was && excluded.TryGetValue(known.Id, out DestinationState? gone))
                {
                    DaemonLog.DestinationOut(
                        log, cluster.Name, known.Id, gone.Health.Active, gone.Health.Passive);
                }
                else if (!was && !excluded.ContainsKey(known.Id))
                {
                    DaemonLog.DestinationBack(log, cluster.Name, known.Id);
                }
            }

            cluster.Exclude(excluded.Keys);
        }
    }

    /// <summary>
    /// A destination failed again and again: it is left alone for a while, unless it is the last one. Trying that is the
    /// only way to notice that it is back, and costs nobody anything.
    /// </summary>
    public void OnFailing(UpstreamCluster cluster, Destination destination)
    {
        lock (_lock)
        {
            if (_clusters is null
                || !_clusters.TryGetCluster(cluster.Name, out ClusterState? state)
                || !state.Destinations.TryGetValue(destination.Id, out DestinationState? failing)
                || state.Model.Config.HealthCheck?.Passive is not { Enabled: true } passive
                || !cluster.Destinations.Any(other => other != destination && IsHealthy(state, other)))
            {
                return;
            }

            _updater!.SetPassive(
                state, failing, DestinationHealth.Unhealthy, passive.ReactivationPeriod ?? DefaultReactivation);
        }
    }

    // Of a name that never resolved the cluster knows nothing: it takes nobody's place.
    private static bool IsHealthy(ClusterState state, Destination destination) =>
        state.Destinations.TryGetValue(destination.Id, out DestinationState? known)
        && known.Health is { Active: not DestinationHealth.Unhealthy, Passive: not DestinationHealth.Unhealthy };
}
