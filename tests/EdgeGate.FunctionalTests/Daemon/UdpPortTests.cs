using System.Net;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Flows that run out of ephemeral ports, in a network that has only a few.</summary>
public sealed class UdpPortTests : DaemonTests
{
    private const int PortsPerSource = 16;

    [Theory]
    [InlineData("127.0.0.2", 1)]
    [InlineData("127.0.0.2, 127.0.0.3", 2)]
    public async Task As_many_flows_as_there_are_ports_over_all_destinations_and_the_next_is_rejected(
        string sources, int times)
    {
        using var network = NetworkNamespace.Create();
        await using var one = network.Do(() => UdpUpstream.Echo());
        await using var other = network.Do(() => UdpUpstream.Echo());
        var configuration = new DaemonConfiguration();
        configuration.Cluster("dns", $"udp://{one.EndPoint}", $"udp://{other.EndPoint}");
        configuration.Extend("dns", $$"""
            { "LoadBalancingPolicy": "RoundRobin", "Metadata": { "EdgeGate.SourceAddresses": "{{sources}}" } }
            """);
        var dns = configuration.Listen("dns", "udp", "dns");
        network.Set("net.ipv4.ip_local_port_range", $"61000 {61000 + PortsPerSource - 1}");
        await using var daemon = await DaemonProcess.StartAsync(configuration, network: network);

        var clients = new List<UdpClient>();
        for (int i = 0; i < times * PortsPerSource; i++)
        {
            clients.Add(ClientOf(network, dns, i));
            Assert.Equal([7], await clients[^1].AskAsync(7));
        }

        using var beyond = ClientOf(network, dns, clients.Count);
        await beyond.SendAsync([7]);

        await daemon.MetricAsync("edgegate_connections_rejected_total", 1, ("listener", "dns"), ("reason", "limit"));
        await daemon.MetricAsync("edgegate_upstream_port_exhaustions_total", 0); // the plan knew, and nothing was tried
        Assert.All([one, other], upstream => Assert.Equal(times * PortsPerSource / 2, upstream.Received));
        foreach (string id in (string[])["d0", "d1"])
        {
            var destination = await daemon.DestinationAsync("dns", id);
            Assert.True((bool)destination["available"]!);
            Assert.Equal(0, (int)destination["failures"]!);
        }

        Assert.Equal([7], await clients[0].AskAsync(7));
        clients.ForEach(client => client.Dispose());
    }

    // Each from an address of its own: there it has ports of its own.
    private static UdpClient ClientOf(NetworkNamespace network, IPEndPoint listener, int number) =>
        network.Do(() => new UdpClient(listener, IPAddress.Parse($"127.0.1.{number + 1}")));
}
