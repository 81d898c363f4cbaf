using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Relays that run out of ephemeral ports, in a network that has only a few.</summary>
public sealed class RelayPortTests : DaemonTests
{
    private const int PortsPerSource = 16;
    private const int FirstClientPort = 62_000; // beyond the range: what is bound there takes no port from it

    private readonly List<Socket> _clients = [];

    [Theory]
    [InlineData(null, 1)]
    [InlineData("127.0.0.2", 1)]
    [InlineData("127.0.0.2, 127.0.0.3", 2)]
    public async Task As_many_relays_as_there_are_ports_and_the_next_is_reset(string? sources, int times)
    {
        using var network = NetworkNamespace.Create();
        await using var upstream = network.Do(TcpUpstream.Echo);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("game", $"tcp://{ByName.Of(upstream.EndPoint)}");
        var relay = configuration.Listen("game", "tcp", "game");
        await using var daemon = await StartAsync(configuration, network, sources);

        for (int i = 0; i < times * PortsPerSource; i++)
        {
            await EchoAsync(await ConnectAsync(network, relay));
        }

        await daemon.MetricAsync("edgegate_upstream_port_exhaustions_total", 0);
        const int Beyond = 50;
        for (int i = 0; i < Beyond; i++)
        {
            await AssertNextIsResetAsync(network, relay);
        }

        await daemon.MetricAsync("edgegate_upstream_port_exhaustions_total", Beyond, ("cluster", "game"), ("destination", "d0"));
        await daemon.MetricAsync("edgegate_connections_closed_total", Beyond, ("reason", "limit"));
        await daemon.SaysAsync($"no port is left to connect from, {times * PortsPerSource} of {times * PortsPerSource} are held");
        await AssertHealthyAsync(daemon, "d0");
        Assert.All(
            (await daemon.DestinationAsync("game", "d0"))["ports"]!.AsArray(),
            pair => Assert.Equal((PortsPerSource, PortsPerSource), ((int)pair!["used"]!, (int)pair["capacity"]!)));

        _clients[0].Reset(); // an orderly end would leave the port in TIME-WAIT
        await daemon.MetricAsync("edgegate_connections_active", (times * PortsPerSource) - 1);
        await EchoAsync(await ConnectAsync(network, relay));
        await AssertCalmAsync(daemon, network, relay);
        _clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task The_next_goes_to_the_destination_that_has_ports_left()
    {
        using var network = NetworkNamespace.Create();
        await using var first = network.Do(TcpUpstream.Echo);
        await using var second = network.Do(TcpUpstream.Echo);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("game", $"tcp://{ByName.Of(first.EndPoint)}", $"tcp://{ByName.Of(second.EndPoint)}");
        configuration.Extend("game", """{ "LoadBalancingPolicy": "FirstAlphabetical" }""");
        var relay = configuration.Listen("game", "tcp", "game");
        await using var daemon = await StartAsync(configuration, network, "127.0.0.2");

        for (int i = 0; i < 2 * PortsPerSource; i++)
        {
            await EchoAsync(await ConnectAsync(network, relay));
        }

        Assert.Equal((PortsPerSource, PortsPerSource), (first.Accepted, second.Accepted));
        await AssertHealthyAsync(daemon, "d0");
        await AssertHealthyAsync(daemon, "d1");
        await AssertNextIsResetAsync(network, relay);
        _clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Ports_that_somebody_else_holds_are_found_out_and_the_next_source_is_tried()
    {
        using var network = NetworkNamespace.Create();
        await using var upstream = network.Do(TcpUpstream.Echo);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("game", $"tcp://{ByName.Of(upstream.EndPoint)}");
        var relay = configuration.Listen("game", "tcp", "game");
        await using var daemon = await StartAsync(configuration, network, "127.0.0.2, 127.0.0.3");
        for (int i = 0; i < PortsPerSource; i++)
        {
            await HoldPortAsync(network, IPAddress.Parse("127.0.0.2"), upstream.EndPoint);
        }

        for (int i = 0; i < PortsPerSource; i++)
        {
            await EchoAsync(await ConnectAsync(network, relay));
        }

        await AssertNextIsResetAsync(network, relay);
        await daemon.SaysAsync($"EdgeGate holds {PortsPerSource} of {2 * PortsPerSource}, the others belong to other processes");
        await daemon.MetricAsync("edgegate_upstream_port_exhaustions_total", 1);
        await AssertHealthyAsync(daemon, "d0");
        _clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_source_that_is_no_address_of_this_machine_is_told_of_and_passed_over()
    {
        using var network = NetworkNamespace.Create();
        await using var upstream = network.Do(TcpUpstream.Echo);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("game", $"tcp://{ByName.Of(upstream.EndPoint)}");
        var relay = configuration.Listen("game", "tcp", "game");
        await using var daemon = await StartAsync(configuration, network, "10.1.2.3, 127.0.0.3");

        await EchoAsync(await ConnectAsync(network, relay));

        await daemon.SaysAsync("no connection can be made from 10.1.2.3 of EdgeGate.SourceAddresses");
        await AssertHealthyAsync(daemon, "d0");
        _clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_source_that_a_reload_adds_is_used_at_once_and_nobody_is_lost()
    {
        using var network = NetworkNamespace.Create();
        await using var upstream = network.Do(TcpUpstream.Echo);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("game", $"tcp://{ByName.Of(upstream.EndPoint)}");
        var relay = configuration.Listen("game", "tcp", "game");
        await using var daemon = await StartAsync(configuration, network, "127.0.0.2");
        for (int i = 0; i < PortsPerSource; i++)
        {
            await EchoAsync(await ConnectAsync(network, relay));
        }

        From(configuration, "127.0.0.2, 127.0.0.3");
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await daemon.SaysAsync("reloaded");

        for (int i = 0; i < PortsPerSource; i++)
        {
            await EchoAsync(await ConnectAsync(network, relay));
        }

        await AssertNextIsResetAsync(network, relay);
        await EchoAsync(_clients[0]);
        _clients.ForEach(client => client.Dispose());
    }

    private static async Task<DaemonProcess> StartAsync(
        DaemonConfiguration configuration, NetworkNamespace network, string? sources)
    {
        network.Set("net.ipv4.ip_local_port_range", $"61000 {61000 + PortsPerSource - 1}");
        if (sources is not null)
        {
            From(configuration, sources);
        }

        return await DaemonProcess.StartAsync(configuration, network: network);
    }

    private static void From(DaemonConfiguration configuration, string sources) =>
        configuration.Extend("game", $$"""{ "Metadata": { "EdgeGate.SourceAddresses": "{{sources}}" } }""");

    private async Task<Socket> ConnectAsync(NetworkNamespace network, IPEndPoint to)
    {
        Socket client = network.Open(new IPEndPoint(IPAddress.Loopback, FirstClientPort + _clients.Count));
        _clients.Add(client);
        await client.ConnectAsync(to, Token);
        return client;
    }

    // The reset may be there before the client knows that it has connected.
    private async Task AssertNextIsResetAsync(NetworkNamespace network, IPEndPoint relay)
    {
        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            Socket client = await ConnectAsync(network, relay);
            await client.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(5));
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    /// <summary>Somebody else's connection from a source, with a port of the range: ip(7), IP_BIND_ADDRESS_NO_PORT.</summary>
    private async Task HoldPortAsync(NetworkNamespace network, IPAddress source, IPEndPoint to)
    {
        Socket other = network.Open();
        _clients.Add(other);
        other.SetRawSocketOption(0, 24, BitConverter.GetBytes(1));
        other.Bind(new IPEndPoint(source, 0));
        await other.ConnectAsync(to, Token);
    }

    /// <summary>
    /// Without a port left, the daemon has nothing to do until somebody comes, and little then: a loop that spins takes a
    /// whole core. The bounds leave room for the JIT, and for a machine that others share.
    /// </summary>
    private async Task AssertCalmAsync(DaemonProcess daemon, NetworkNamespace network, IPEndPoint relay)
    {
        string said = daemon.Output;
        long began = Stopwatch.GetTimestamp();
        var before = daemon.ProcessorTime;
        int refused = await RefuseAsync(network, relay, TimeSpan.FromSeconds(3));
        TimeSpan passed = Stopwatch.GetElapsedTime(began);
        double busy = (daemon.ProcessorTime - before) / passed;
        int lines = Regex.Count(daemon.Output[said.Length..], "no port is left");

        began = Stopwatch.GetTimestamp();
        before = daemon.ProcessorTime;
        await Task.Delay(TimeSpan.FromSeconds(2), Token); // in which nothing happens: that is what is measured
        double idle = (daemon.ProcessorTime - before) / Stopwatch.GetElapsedTime(began);

        Report($"{refused} refused in {passed.TotalSeconds:F1} s: {busy:P1} of a core, {lines} lines; then {idle:P1}");
        Assert.InRange(busy, 0, 0.5);
        Assert.InRange(idle, 0, 0.1);
        Assert.InRange(lines, 1, (int)passed.TotalSeconds + 1);
    }

    private async Task<int> RefuseAsync(NetworkNamespace network, IPEndPoint relay, TimeSpan time)
    {
        long began = Stopwatch.GetTimestamp();
        int refused = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            await timer.WaitForNextTickAsync(Token);
            await AssertNextIsResetAsync(network, relay);
            refused++;
        }

        return refused;
    }

    private static async Task AssertHealthyAsync(DaemonProcess daemon, string id)
    {
        var destination = await daemon.DestinationAsync("game", id);
        Assert.True((bool)destination["available"]!);
        Assert.Equal(0, (int)destination["failures"]!);
        Assert.NotEqual("unhealthy", (string?)destination["health"]!["passive"]);
    }

    private static async Task EchoAsync(Socket socket)
    {
        byte[] one = [7];
        await socket.SendAllAsync(one);
        await socket.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(5));
    }
}
