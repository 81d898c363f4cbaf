using System.Net;
using EdgeGate.Layer4.Ports;
using EdgeGate.Layer4.Upstreams;

namespace EdgeGate.Tests.Layer4.Upstreams;

public sealed class AddressTests
{
    [Theory]
    [InlineData("::1 ::2 ::3 10.0.0.1 10.0.0.2", "::1 10.0.0.1 ::2 10.0.0.2 ::3")]
    [InlineData("10.0.0.1 10.0.0.2 ::1", "10.0.0.1 ::1 10.0.0.2")]
    [InlineData("::1 10.0.0.1", "::1 10.0.0.1")]
    [InlineData("10.0.0.1 10.0.0.2 10.0.0.3", "10.0.0.1 10.0.0.2 10.0.0.3")]
    [InlineData("", "")]
    public void Families_take_turns(string resolved, string ordered) =>
        Assert.Equal(EndPoints(ordered), AddressOrder.Interleave(EndPoints(resolved)));

    [Fact]
    public void Every_attempt_begins_with_another_address_of_the_preferred_family_and_reaches_all()
    {
        Destination destination = Resolved("::1 ::2 10.0.0.1 10.0.0.2");

        var walks = Enumerable.Range(0, 4).Select(_ => Walk(destination, 0)).ToList();

        Assert.Equal(["::1 10.0.0.1 ::2 10.0.0.2", "::2 10.0.0.2 ::1 10.0.0.1"], walks.Distinct());
    }

    [Fact]
    public void An_address_that_failed_comes_last_for_a_while()
    {
        Destination destination = Resolved("::1 10.0.0.1");
        AddressWalk walk = destination.Walk();
        Assert.True(walk.HasMore);
        Assert.True(walk.TryNext(1000, out DestinationAddress? address));

        address.Failed(1000);

        Assert.Equal("10.0.0.1 ::1", Walk(destination, 1001));
        destination.Resolve(EndPoints("::1 10.0.0.1"), [], new PortTable()); // as every half minute
        Assert.Equal("10.0.0.1 ::1", Walk(destination, 1001));
        Assert.Equal("::1 10.0.0.1", Walk(destination, 1000 + (long)DestinationAddress.Penalty.TotalMilliseconds));
    }

    [Fact]
    public void A_walk_without_addresses_ends_at_once()
    {
        AddressWalk walk = Resolved("").Walk();

        Assert.False(walk.HasMore);
        Assert.False(walk.TryNext(0, out _));
    }

    private static Destination Resolved(string addresses)
    {
        var cluster = new UpstreamCluster("c");
        cluster.Configure(new UpstreamSettings(), [new ResolvedDestination("a", "tcp://a:1", EndPoints(addresses))]);
        return cluster.Destinations[0];
    }

    private static string Walk(Destination destination, long now)
    {
        AddressWalk walk = destination.Walk();
        var all = new List<IPAddress>();
        while (walk.TryNext(now, out DestinationAddress? address))
        {
            all.Add(((IPEndPoint)address.EndPoint).Address);
        }

        Assert.False(walk.HasMore);
        return string.Join(' ', all);
    }

    private static EndPoint[] EndPoints(string addresses) =>
        [.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => new IPEndPoint(IPAddress.Parse(a), 1))];
}
