using System.Net;
using EdgeGate.Layer4.Upstreams;

namespace EdgeGate.Tests.Layer4.Upstreams;

/// <summary>Clusters as the tests want them.</summary>
internal static class Clusters
{
    public static readonly IPAddress Client = IPAddress.Parse("192.0.2.7");

    public static UpstreamCluster Of(string? policy, params string[] destinations)
    {
        var cluster = new UpstreamCluster("c");
        cluster.Configure(new UpstreamSettings { Policy = policy }, Resolved(destinations));
        return cluster;
    }

    public static UpstreamCluster Limited(int maximum, params string[] destinations)
    {
        var cluster = new UpstreamCluster("c");
        cluster.Configure(new UpstreamSettings { MaxConnectionsPerDestination = maximum }, Resolved(destinations));
        return cluster;
    }

    public static IEnumerable<ResolvedDestination> Resolved(params string[] destinations) => destinations.Select(
        id => new ResolvedDestination(id, $"tcp://{id}:1", [new IPEndPoint(IPAddress.Loopback, 1)]));

    public static DestinationLease Take(this UpstreamCluster cluster, IPAddress? source = null)
    {
        Assert.Equal(PickOutcome.Picked, cluster.TryPick(new PickContext(source ?? Client), out DestinationLease? lease));
        return lease!;
    }

    /// <summary>Where so many connections go that end at once.</summary>
    public static Dictionary<string, int> Spread(this UpstreamCluster cluster, int connections)
    {
        var counts = cluster.Destinations.ToDictionary(d => d.Id, _ => 0);
        for (int i = 0; i < connections; i++)
        {
            using DestinationLease lease = cluster.Take();
            counts[lease.Destination.Id]++;
        }

        return counts;
    }
}
