using EdgeGate.Layer4.Upstreams;
using EdgeGate.Layer4.Upstreams.Balancing;

namespace EdgeGate.Tests.Layer4.Upstreams;

public sealed class BalancingTests
{
    private static readonly string[] Four = ["a", "b", "c", "d"];

    [Fact]
    public void Round_robin_takes_each_in_turn() =>
        Assert.All(Clusters.Of("roundrobin", Four).Spread(400).Values, count => Assert.Equal(100, count));

    [Theory]
    [InlineData("Random")]
    [InlineData("PowerOfTwoChoices")]
    public void Chance_is_fair(string policy) =>
        Assert.All(Clusters.Of(policy, Four).Spread(40_000).Values, count => Assert.InRange(count, 9_000, 11_000));

    [Fact]
    public void First_alphabetical_takes_the_first_by_name() =>
        Assert.Equal(100, Clusters.Of("FirstAlphabetical", "b", "C", "A").Spread(100)["A"]);

    [Fact]
    public void Least_requests_is_least_connections()
    {
        UpstreamCluster cluster = Clusters.Of("LeastRequests", Four);
        List<DestinationLease> open = [.. Enumerable.Range(0, 400).Select(_ => cluster.Take())];
        Assert.All(cluster.Destinations, d => Assert.Equal(100, d.Active));

        foreach (DestinationLease lease in open.Where(l => l.Destination.Id == "c"))
        {
            lease.Dispose();
        }

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal("c", cluster.Take().Destination.Id));
    }

    [Fact]
    public void Two_choices_of_open_connections_stay_nearly_even()
    {
        UpstreamCluster cluster = Clusters.Of(null, Four);
        for (int i = 0; i < 4000; i++)
        {
            cluster.Take();
        }

        Assert.All(cluster.Destinations, d => Assert.InRange(d.Active, 980, 1020));
    }

    [Fact]
    public void What_was_tried_or_excluded_or_is_full_is_not_picked()
    {
        foreach (string policy in BalancingPolicies.Names)
        {
            var cluster = new UpstreamCluster("c");
            cluster.Configure(
                new UpstreamSettings { Policy = policy, MaxConnectionsPerDestination = 1 }, Clusters.Resolved(Four));
            cluster.Exclude(["B"]);
            var tried = default(TriedDestinations);
            tried.Add(cluster.Destinations[0]);

            Assert.Equal(PickOutcome.Picked, cluster.TryPick(new PickContext(Clusters.Client, tried), out var one));
            Assert.Equal(PickOutcome.Picked, cluster.TryPick(new PickContext(Clusters.Client, tried), out var other));
            Assert.Equal(["c", "d"], new[] { one!.Destination.Id, other!.Destination.Id }.Order());
            Assert.Equal(PickOutcome.Full, cluster.TryPick(new PickContext(Clusters.Client, tried), out _));
            tried.Add(cluster.Destinations[2]);
            tried.Add(cluster.Destinations[3]);
            Assert.Equal(PickOutcome.None, cluster.TryPick(new PickContext(Clusters.Client, tried), out _));
            cluster.Exclude(["a", "b", "c", "d"]);
            Assert.Equal(PickOutcome.None, cluster.TryPick(new PickContext(Clusters.Client), out _));
        }
    }

    [Fact]
    public async Task Loops_together_never_pass_the_maximum()
    {
        UpstreamCluster cluster = Clusters.Limited(5, "a", "b");
        int most = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                if (cluster.TryPick(new PickContext(null), out DestinationLease? lease) == PickOutcome.Picked)
                {
                    InterlockedMax(ref most, lease!.Destination.Active);
                    lease.Dispose();
                    lease.Dispose(); // a second time does nothing
                }
            }
        })));

        Assert.InRange(most, 1, 5);
        Assert.All(cluster.Destinations, d => Assert.Equal(0, d.Active));
    }

    [Fact]
    public void A_reload_keeps_the_counts_of_a_destination_that_stays()
    {
        UpstreamCluster cluster = Clusters.Of("RoundRobin", "a", "b");
        using DestinationLease kept = cluster.Take();
        Assert.Equal("a", kept.Destination.Id);
        using DestinationLease gone = cluster.Take();

        cluster.Configure(
            new UpstreamSettings { MaxConnectionsPerDestination = 1 },
            [.. Clusters.Resolved("a", "c"), new ResolvedDestination("b", "tcp://elsewhere:1", [])]);

        Assert.Equal([1, 0, 0], cluster.Destinations.Select(d => d.Active));
        Assert.Equal(1, cluster.Destinations[0].Maximum);
        gone.Dispose();
        Assert.Equal([1, 0, 0], cluster.Destinations.Select(d => d.Active));
    }

    [Fact]
    public async Task Failures_in_a_row_are_reported_and_a_success_begins_anew()
    {
        var reported = new TaskCompletionSource<Destination>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cluster = new UpstreamCluster("c") { Failing = (_, destination) => reported.TrySetResult(destination) };
        cluster.Configure(new UpstreamSettings(), Clusters.Resolved("a"));
        using DestinationLease lease = cluster.Take();
        for (int i = 1; i < UpstreamCluster.FailureThreshold; i++)
        {
            lease.ReportFailure();
        }

        lease.ReportConnected();
        for (int i = 1; i < UpstreamCluster.FailureThreshold; i++)
        {
            lease.ReportFailure();
        }

        Assert.Equal(UpstreamCluster.FailureThreshold - 1, lease.Destination.ConsecutiveFailures);
        Assert.False(reported.Task.IsCompleted);
        lease.ReportFailure();
        Assert.Same(lease.Destination, await reported.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(2 * UpstreamCluster.FailureThreshold - 1, lease.Destination.Failures);
    }

    [Fact]
    public void A_pick_allocates_its_lease_and_nothing_else()
    {
        const int Picks = 10_000;
        long leases = AllocatedBy(() => new DestinationLease(null!, null!));
        foreach (string policy in BalancingPolicies.Names)
        {
            UpstreamCluster cluster = Clusters.Of(policy, Four);
            object Pick()
            {
                cluster.TryPick(new PickContext(Clusters.Client), out DestinationLease? lease);
                lease!.Dispose();
                return lease;
            }

            AllocatedBy(Pick); // until it is compiled
            Assert.InRange(AllocatedBy(Pick), 1, leases + Picks); // less than a byte each for what the runtime does
        }

        static long AllocatedBy(Func<object> what)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Picks; i++)
            {
                what();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
