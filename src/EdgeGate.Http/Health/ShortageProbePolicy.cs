using EdgeGate.Http.Forwarding;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Http.Health;

/// <summary>
/// Leaves out of an active health check those destinations that were not asked, because this machine had no port or no
/// descriptor for it: they stay what they were.
/// </summary>
internal sealed class ShortageProbePolicy(IActiveHealthCheckPolicy inner) : IActiveHealthCheckPolicy
{
    public string Name => inner.Name;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults) =>
        inner.ProbingCompleted(
            cluster, [.. probingResults.Where(result => UpstreamShortageException.In(result.Exception) is null)]);
}
