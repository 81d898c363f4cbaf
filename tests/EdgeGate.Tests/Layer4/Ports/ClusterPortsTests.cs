using System.Net;
using EdgeGate.Layer4.Ports;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Tests.Layer4.Upstreams;

namespace EdgeGate.Tests.Layer4.Ports;

public sealed class ClusterPortsTests
{
    private static readonly string[] Policies =
        ["PowerOfTwoChoices", "RoundRobin", "LeastRequests", "Random", "FirstAlphabetical", "SourceHash"];

    public static TheoryData<string> EveryPolicy => [.. Policies];

    [Theory]
    [MemberData(nameof(EveryPolicy))]
    public void A_destination_without_a_port_is_passed_over_as_long_as_another_has_one(string policy)
    {
        var cluster = Cluster(policy, capacity: 2, sources: [], "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5");

        var ports = new List<PortPool>();
        for (int i = 0; i < 10; i++)
        {
            using DestinationLease lease = cluster.Take();
            Assert.True(AddressOf(lease).TryTakePort(out PortPool? port));
            ports.Add(port!);
        }

        Assert.All(cluster.Destinations, d => Assert.Equal(2, Assert.Single(d.PortUsage("c")).Used));
        using DestinationLease full = cluster.Take(); // all the same: whoever dials it finds out, and counts
        Assert.False(AddressOf(full).TryTakePort(out _));
        ports.ForEach(port => port.Return());
        Assert.All(cluster.Destinations, d => Assert.Equal(0, Assert.Single(d.PortUsage("c")).Used));
    }

    [Fact]
    public void What_is_in_use_outlives_a_reload_and_new_sources_come_at_once()
    {
        var cluster = Cluster("RoundRobin", capacity: 2, sources: ["10.0.1.1"], "10.0.0.1");
        using DestinationLease lease = cluster.Take();
        Assert.True(AddressOf(lease).TryTakePort(out PortPool? port));

        Configure(cluster, "RoundRobin", sources: ["10.0.1.2", "10.0.1.1"], "10.0.0.1");

        Assert.Equal(
            ["10.0.1.2: 0 of 2", "10.0.1.1: 1 of 2"],
            cluster.Destinations[0].PortUsage("c").Select(u => $"{u.Source}: {u.Used} of {u.Capacity}"));
        port!.Return();
        Assert.All(cluster.Destinations[0].PortUsage("c"), u => Assert.Equal(0, u.Used));
    }

    [Fact]
    public void An_address_that_no_source_can_reach_is_left_out()
    {
        var cluster = new UpstreamCluster("c");
        cluster.Configure(
            new UpstreamSettings { SourceAddresses = [IPAddress.Parse("10.0.1.1")] },
            [new ResolvedDestination("d", "tcp://d:1", [IPEndPoint.Parse("[2001:db8::1]:1"), IPEndPoint.Parse("10.0.0.1:1")])]);

        Assert.Equal([IPEndPoint.Parse("10.0.0.1:1")], cluster.Destinations[0].EndPoints);
    }

    private static UpstreamCluster Cluster(string policy, int capacity, string[] sources, params string[] destinations)
    {
        var cluster = new UpstreamCluster("c") { Ports = new PortTable { Capacity = capacity } };
        Configure(cluster, policy, sources, destinations);
        return cluster;
    }

    private static void Configure(UpstreamCluster cluster, string policy, string[] sources, params string[] destinations) =>
        cluster.Configure(
            new UpstreamSettings { Policy = policy, SourceAddresses = [.. sources.Select(IPAddress.Parse)] },
            destinations.Select(ip => new ResolvedDestination(ip, $"tcp://{ip}:1", [IPEndPoint.Parse($"{ip}:1")])));

    private static DestinationAddress AddressOf(DestinationLease lease)
    {
        AddressWalk walk = lease.Destination.Walk();
        Assert.True(walk.TryNext(0, out DestinationAddress? address));
        return address;
    }
}
