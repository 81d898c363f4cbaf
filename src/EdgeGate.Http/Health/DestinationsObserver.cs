using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http.Health;

/// <summary>Tells of every change of the destinations that take requests; YARP itself raises no event.</summary>
internal sealed class DestinationsObserver(IClusterDestinationsUpdater inner, Action<ClusterState> changed)
    : IClusterDestinationsUpdater
{
    public void UpdateAvailableDestinations(ClusterState cluster)
    {
        inner.UpdateAvailableDestinations(cluster);
        changed(cluster);
    }

    public void UpdateAllDestinations(ClusterState cluster)
    {
        inner.UpdateAllDestinations(cluster);
        changed(cluster);
    }
}
