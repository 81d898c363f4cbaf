using System.Net;
using System.Net.Sockets;
using EdgeGate.Daemon;
using EdgeGate.Layer4.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Tests.Daemon;

public sealed class DestinationResolverTests
{
    // No label has more than 63 letters (RFC 1035, section 2.3.4): no resolver needs to ask for it.
    private static readonly string Nobody = $"tcp://{new string('a', 70)}.invalid:1";

    private readonly DestinationResolver _resolver = new(NullLogger.Instance);

    [Theory]
    [InlineData("tcp://192.0.2.1:7000", "192.0.2.1:7000")]
    [InlineData("tcp://[2001:db8::1]:7000", "[2001:db8::1]:7000")]
    [InlineData("udp://192.0.2.1:53", "192.0.2.1:53")]
    [InlineData("unix:/run/app.sock", "/run/app.sock")]
    public async Task An_address_stands_for_itself(string address, string endPoint)
    {
        ResolvedDestination found = Assert.Single(await ResolveAsync(address, []));

        Assert.Equal(address, found.Address);
        Assert.Equal(endPoint, Assert.Single(found.EndPoints).ToString());
        Assert.Equal(address.StartsWith("unix:", StringComparison.Ordinal), found.EndPoints[0] is UnixDomainSocketEndPoint);
    }

    [Fact]
    public async Task A_name_stands_for_all_its_addresses()
    {
        ResolvedDestination found = Assert.Single(await ResolveAsync("tcp://localhost:7000", []));

        Assert.NotEmpty(found.EndPoints);
        Assert.All(found.EndPoints, to => Assert.True(IPAddress.IsLoopback(((IPEndPoint)to).Address)));
    }

    [Fact]
    public async Task A_name_that_resolves_no_more_keeps_its_addresses()
    {
        var cluster = new UpstreamCluster("c");
        cluster.Configure(
            new UpstreamSettings(), [new ResolvedDestination("one", Nobody, [new IPEndPoint(IPAddress.Loopback, 1)])]);

        Assert.Single(Assert.Single(await ResolveAsync(Nobody, cluster.Destinations)).EndPoints);
        Assert.Empty(await ResolveAsync(Nobody.Replace(":1", ":2", StringComparison.Ordinal), cluster.Destinations));
        Assert.Empty(await ResolveAsync(Nobody, []));
    }

    [Fact]
    public async Task A_cluster_that_has_gone_has_no_destination() =>
        Assert.Empty(await _resolver.ResolveAsync(null, [], CancellationToken.None));

    private Task<IReadOnlyList<ResolvedDestination>> ResolveAsync(string address, IReadOnlyList<Destination> known) =>
        _resolver.ResolveAsync(
            new ClusterConfig
            {
                ClusterId = "c",
                Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = address } },
            },
            known,
            CancellationToken.None);
}
