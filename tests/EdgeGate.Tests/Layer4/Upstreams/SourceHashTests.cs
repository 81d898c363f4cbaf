using System.Net;
using EdgeGate.Layer4.Upstreams;

namespace EdgeGate.Tests.Layer4.Upstreams;

public sealed class SourceHashTests
{
    private const int Clients = 20_000;

    private static readonly string[] Five = ["a", "b", "c", "d", "e"];

    [Fact]
    public void Clients_are_spread_evenly()
    {
        var counts = Where(Clusters.Of("SourceHash", Five)).CountBy(id => id).ToDictionary();

        Assert.Equal(5, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, Clients * 0.18, Clients * 0.22));
    }

    [Fact]
    public void A_destination_that_goes_moves_only_its_own_clients()
    {
        UpstreamCluster cluster = Clusters.Of("SourceHash", Five);
        string[] before = Where(cluster);

        cluster.Exclude(["c"]);
        string[] without = Where(cluster);
        cluster.Exclude([]);

        Assert.All(before.Zip(without), pair => Assert.True(pair.First == pair.Second || pair.First == "c"));
        Assert.DoesNotContain("c", without);
        Assert.Equal(before, Where(cluster));
    }

    [Fact]
    public void A_destination_that_comes_moves_its_share_and_only_to_itself()
    {
        UpstreamCluster cluster = Clusters.Of("SourceHash", Five);
        string[] before = Where(cluster);

        cluster.Configure(new UpstreamSettings { Policy = "SourceHash" }, Clusters.Resolved([.. Five, "f"]));
        string[] after = Where(cluster);

        var moved = before.Zip(after).Where(pair => pair.First != pair.Second).ToList();
        Assert.All(moved, pair => Assert.Equal("f", pair.Second));
        Assert.InRange(moved.Count, Clients * 0.15, Clients * 0.185); // a sixth
    }

    [Fact]
    public void The_next_best_takes_over_while_the_best_is_full()
    {
        var cluster = new UpstreamCluster("c");
        cluster.Configure(
            new UpstreamSettings { Policy = "SourceHash", MaxConnectionsPerDestination = 1 }, Clusters.Resolved(Five));
        using DestinationLease first = cluster.Take();
        using (DestinationLease second = cluster.Take())
        {
            Assert.NotEqual(first.Destination, second.Destination);
        }

        first.Dispose();
        Assert.Equal(first.Destination, cluster.Take().Destination);
    }

    [Fact]
    public void An_ipv4_client_is_the_same_over_a_socket_of_both_families() => Assert.Equal(
        SourceHash.KeyOf(IPAddress.Parse("192.0.2.1")), SourceHash.KeyOf(IPAddress.Parse("::ffff:192.0.2.1")));

    // Two gateways side by side, and the versions to come, must agree: a changed figure moves every client.
    [Fact]
    public void Scores_are_the_same_everywhere()
    {
        Assert.Equal(SourceHash.SeedOf("game-1"), SourceHash.SeedOf("GAME-1"));
        Assert.Equal(
            "b4e2f2528b03c3d1",
            SourceHash.Score(SourceHash.KeyOf(IPAddress.Parse("2001:db8::1")), SourceHash.SeedOf("game-1")).ToString("x16"));
    }

    private static string[] Where(UpstreamCluster cluster) => [.. Enumerable.Range(0, Clients).Select(i =>
    {
        using DestinationLease lease = cluster.Take(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]));
        return lease.Destination.Id;
    })];
}
