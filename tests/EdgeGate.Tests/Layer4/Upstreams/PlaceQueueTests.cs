using System.Collections.Concurrent;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Native.Polling;
using EdgeGate.Tests.Sockets;
using EdgeGate.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.Tests.Layer4.Upstreams;

public sealed class PlaceQueueTests : IAsyncDisposable
{
    private readonly EventLoopGroup _loops = new(3, PollerKind.Auto, NullLogger<EventLoop>.Instance);
    private readonly BlockingCollection<Waiter> _granted = [];

    private sealed class Waiter(EventLoop loop, int number, BlockingCollection<Waiter> granted) : PlaceWaiter(loop, null)
    {
        public int Number => number;

        public DestinationLease? Lease { get; private set; }

        protected internal override void OnGranted(DestinationLease lease)
        {
            Assert.True(Loop.IsCurrent);
            Lease = lease;
            granted.Add(this);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _loops.DisposeAsync();
        _granted.Dispose();
    }

    [Fact]
    public void First_come_is_first_served_over_all_loops()
    {
        UpstreamCluster cluster = Clusters.Limited(1, "a", "b");
        DestinationLease[] open = [cluster.Take(), cluster.Take()];
        for (int i = 0; i < 30; i++)
        {
            Assert.True(cluster.Queue.TryJoin(NewWaiter(i)));
        }

        Assert.Equal(30, cluster.QueueLength);
        DestinationLease next = open[1];
        for (int i = 0; i < 30; i++)
        {
            next.Dispose();
            Waiter served = Served();
            Assert.Equal(i, served.Number);
            next = served.Lease!;
        }

        Assert.Equal(0, cluster.QueueLength);
    }

    [Fact]
    public void Who_comes_later_does_not_pass_those_who_wait()
    {
        UpstreamCluster cluster = Clusters.Limited(1, "a");
        DestinationLease open = cluster.Take();
        Assert.True(cluster.Queue.TryJoin(NewWaiter(1)));
        Assert.True(cluster.Queue.TryJoin(NewWaiter(2)));

        open.Dispose();
        Assert.Equal(PickOutcome.Full, cluster.TryPick(new PickContext(null), out _));

        Served().Lease!.Dispose();
        Served().Lease!.Dispose();
        cluster.Take().Dispose();
    }

    [Fact]
    public void Who_leaves_is_skipped_and_a_place_granted_meanwhile_is_not_lost()
    {
        UpstreamCluster cluster = Clusters.Limited(1, "a");
        DestinationLease open = cluster.Take();
        var waiters = Enumerable.Range(0, 3).Select(NewWaiter).ToList();
        waiters.ForEach(waiter => Assert.True(cluster.Queue.TryJoin(waiter)));
        Assert.Null(cluster.Queue.Leave(waiters[0]));
        Assert.Null(cluster.Queue.Leave(waiters[0]));

        // The loop that would hand over is busy until the waiter has left.
        var busy = new SemaphoreSlim(0); // not disposed of: the loop may come to it when the test is over
        waiters[1].Loop.Post(_ => busy.Wait(TestTime.Limit), null);
        open.Dispose();
        DestinationLease? granted = cluster.Queue.Leave(waiters[1]);
        Assert.NotNull(granted);
        granted.Dispose();
        busy.Release();

        Assert.Equal(2, Served().Number);
        Assert.Empty(_granted);
        Assert.Equal(1, cluster.Destinations[0].Active);
    }

    [Fact]
    public void The_queue_is_bounded()
    {
        UpstreamCluster cluster = Clusters.Limited(1, "a");
        using DestinationLease open = cluster.Take();
        for (int i = 0; i < UpstreamCluster.QueueCapacity; i++)
        {
            Assert.True(cluster.Queue.TryJoin(NewWaiter(i)));
        }

        Assert.False(cluster.Queue.TryJoin(NewWaiter(-1)));
        Assert.Equal(UpstreamCluster.QueueCapacity, cluster.QueueLength);
    }

    [Fact]
    public void A_greater_maximum_and_a_destination_that_comes_serve_those_who_wait()
    {
        UpstreamCluster cluster = Clusters.Limited(1, "a");
        using DestinationLease open = cluster.Take();
        for (int i = 0; i < 3; i++)
        {
            Assert.True(cluster.Queue.TryJoin(NewWaiter(i)));
        }

        cluster.Configure(new UpstreamSettings { MaxConnectionsPerDestination = 2 }, Clusters.Resolved("a"));
        Assert.Equal("a", Served().Lease!.Destination.Id);
        cluster.Configure(new UpstreamSettings { MaxConnectionsPerDestination = 2 }, Clusters.Resolved("a", "b"));
        Assert.Equal("b", Served().Lease!.Destination.Id);
        Assert.Equal("b", Served().Lease!.Destination.Id);
    }

    [Fact]
    public async Task No_place_is_lost_between_loops()
    {
        const int Turns = 20_000;
        UpstreamCluster cluster = Clusters.Limited(2, "a");
        int inside = 0;
        int most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            using var mine = new BlockingCollection<Waiter>();
            for (int i = 0; i < Turns / 8; i++)
            {
                if (cluster.TryPick(new PickContext(null), out DestinationLease? lease) != PickOutcome.Picked)
                {
                    var waiter = new Waiter(_loops.Loops[n % 3], i, mine);
                    Assert.True(cluster.Queue.TryJoin(waiter));
                    Assert.True(mine.TryTake(out _, TestTime.Limit), "a place was lost");
                    lease = waiter.Lease;
                }

                most = Math.Max(most, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
                lease!.Dispose();
            }
        })));

        Assert.InRange(most, 1, 2);
        Assert.Equal(0, cluster.Destinations[0].Active);
        Assert.Equal(0, cluster.QueueLength);
    }

    private Waiter NewWaiter(int number) => new(_loops.Loops[Math.Abs(number) % 3], number, _granted);

    private Waiter Served()
    {
        Assert.True(_granted.TryTake(out Waiter? served, TestTime.Limit), "nobody was served");
        return served;
    }
}
