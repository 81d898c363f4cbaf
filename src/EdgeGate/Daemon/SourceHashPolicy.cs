using System.Net;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Layer4.Upstreams.Balancing;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.Daemon;

/// <summary>
/// <c>SourceHash</c> for YARP: a client's requests go to the same destination as its connections on layer 4 would. It
/// stands here because only the daemon sees both layers.
/// </summary>
internal sealed class SourceHashPolicy : ILoadBalancingPolicy
{
    public string Name => BalancingPolicies.SourceHash;

    public DestinationState? PickDestination(
        HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        if (availableDestinations.Count == 0)
        {
            return null;
        }

        if (context.Connection.RemoteIpAddress is not IPAddress source)
        {
            return availableDestinations[Random.Shared.Next(availableDestinations.Count)]; // a Unix socket's client
        }

        ulong key = SourceHash.KeyOf(source);
        DestinationState? best = null;
        ulong highest = 0;
        for (int i = 0; i < availableDestinations.Count; i++)
        {
            ulong score = SourceHash.Score(key, SourceHash.SeedOf(availableDestinations[i].DestinationId));
            if (best is null || score > highest)
            {
                (best, highest) = (availableDestinations[i], score);
            }
        }

        return best;
    }
}
