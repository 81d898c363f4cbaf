using System.Net;
using System.Net.Sockets;
using EdgeGate.Layer4.Ports;

namespace EdgeGate.Tests.Layer4.Ports;

public sealed class PortPoolTests
{
    private static readonly IPEndPoint Destination = IPEndPoint.Parse("10.0.0.9:80");
    private static readonly IPAddress[] Sources = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")];

    private readonly PortTable _table = new() { Capacity = 3 };

    [Fact]
    public void The_emptiest_source_is_taken_until_all_are_full()
    {
        PortPool[] pools = _table.PoolsOf(ProtocolType.Tcp, Sources, Destination);

        string taken = string.Concat(Enumerable.Range(0, 7).Select(_ =>
            PortPool.TryTakeFromEmptiest(pools, out PortPool? pool) ? $"{pool!.Key.Source} " : "none"));

        Assert.Equal("10.0.0.1 10.0.0.2 10.0.0.1 10.0.0.2 10.0.0.1 10.0.0.2 none", taken);
    }

    [Fact]
    public void A_port_that_comes_back_is_taken_again()
    {
        PortPool pool = Assert.Single(_table.PoolsOf(ProtocolType.Tcp, [], Destination));
        Assert.True(pool.TryTake() && pool.TryTake() && pool.TryTake());
        Assert.False(pool.TryTake());

        pool.Return();

        Assert.True(pool.TryTake());
        Assert.Equal(3, pool.Used);
    }

    [Fact]
    public void A_source_that_the_kernel_refused_is_left_alone_until_a_port_comes_back()
    {
        PortPool[] pools = _table.PoolsOf(ProtocolType.Tcp, Sources, Destination);
        Assert.True(pools[0].TryTake());
        Assert.True(pools[0].TryTake());

        pools[0].ReturnRefused();

        Assert.False(pools[0].TryTake());
        Assert.Equal(1, pools[0].Used);
        Assert.True(PortPool.TryTakeFromEmptiest(pools, out PortPool? other));
        Assert.Same(pools[1], other);
        pools[0].Return();
        Assert.True(pools[0].TryTake());
    }

    [Fact]
    public void A_source_of_another_family_is_left_out()
    {
        IPAddress[] sources = [.. Sources, IPAddress.IPv6Loopback];

        PortPool[] pools = _table.PoolsOf(ProtocolType.Tcp, sources, IPEndPoint.Parse("[::1]:80"));

        Assert.Equal(IPAddress.IPv6Loopback, Assert.Single(pools).Key.Source);
    }

    [Fact]
    public void Two_clusters_with_one_destination_share_its_ports_and_two_destinations_do_not()
    {
        PortPool one = Assert.Single(_table.PoolsOf(ProtocolType.Tcp, [], Destination));
        PortPool same = Assert.Single(_table.PoolsOf(ProtocolType.Tcp, [], IPEndPoint.Parse("10.0.0.9:80")));
        PortPool other = Assert.Single(_table.PoolsOf(ProtocolType.Tcp, [], IPEndPoint.Parse("10.0.0.9:81")));
        PortPool datagrams = Assert.Single(_table.PoolsOf(ProtocolType.Udp, [], Destination));

        Assert.Same(one, same);
        Assert.NotSame(one, other);
        Assert.NotSame(one, datagrams);
    }

    [Fact]
    public void The_destinations_of_datagrams_share_a_sources_ports()
    {
        PortPool[] one = _table.PoolsOf(ProtocolType.Udp, Sources, Destination);
        PortPool[] other = _table.PoolsOf(ProtocolType.Udp, Sources, IPEndPoint.Parse("10.0.0.8:53"));

        Assert.Equal(one, other);
    }

    [Fact]
    public void A_capacity_that_nobody_knows_holds_nobody_back()
    {
        var table = new PortTable();
        PortPool pool = Assert.Single(table.PoolsOf(ProtocolType.Tcp, [], Destination));

        Assert.True(Enumerable.Range(0, 100_000).All(_ => pool.TryTake()));
    }

    [Fact]
    public void A_range_that_shrinks_takes_nobodys_port()
    {
        PortPool pool = Assert.Single(_table.PoolsOf(ProtocolType.Tcp, [], Destination));
        Assert.True(pool.TryTake() && pool.TryTake());

        _table.Capacity = 1;

        Assert.False(pool.TryTake());
        Assert.Equal(2, pool.Used);
        pool.Return();
        pool.Return();
        Assert.True(pool.TryTake());
    }

    [Fact]
    public void Threads_that_race_for_ports_take_each_once()
    {
        _table.Capacity = 1000;
        PortPool[] pools = _table.PoolsOf(ProtocolType.Tcp, Sources, Destination);
        int taken = 0;

        Parallel.For(0, 4, _ =>
        {
            while (PortPool.TryTakeFromEmptiest(pools, out PortPool? pool))
            {
                Interlocked.Increment(ref taken);
            }
        });

        Assert.Equal(2000, taken);
        Assert.All(pools, pool => Assert.Equal(1000, pool.Used));
    }

    [Fact]
    public void Taking_and_returning_allocates_nothing()
    {
        PortPool[] pools = _table.PoolsOf(ProtocolType.Tcp, Sources, Destination);

        Assert.Equal(0, Allocations.Of(() =>
        {
            _ = PortPool.TryTakeFromEmptiest(pools, out PortPool? pool);
            pool!.Return();
        }));
    }
}
