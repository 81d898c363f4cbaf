using EdgeGate.Configuration;
using EdgeGate.Layer4.Upstreams.Balancing;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Daemon;

/// <summary><c>Weighted</c> for YARP, as layer 4 has it: each destination as often as its weight says.</summary>
internal sealed class WeightedPolicy : ILoadBalancingPolicy
{
    public string Name => BalancingPolicies.Weighted;

    public DestinationState? PickDestination(
        HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        if (availableDestinations.Count == 0)
        {
            return null;
        }

        long total = 0;
        for (int i = 0; i < availableDestinations.Count; i++)
        {
            total += WeightOf(availableDestinations[i]);
        }

        // One may change meanwhile: then the last one is as good as any.
        int picked = total == 0 ? Random.Shared.Next(availableDestinations.Count) : 0;
        long left = total == 0 ? 0 : Random.Shared.NextInt64(total) - WeightOf(availableDestinations[0]);
        while (left >= 0 && total > 0 && picked + 1 < availableDestinations.Count)
        {
            left -= WeightOf(availableDestinations[++picked]);
        }

        return availableDestinations[picked];
    }

    private static int WeightOf(DestinationState destination) => UpstreamMetadata.WeightOf(destination.Model.Config);
}
