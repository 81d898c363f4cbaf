using System.Buffers;
using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using EdgeGate.Tests.Fuzzing;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Malformed hellos and headers in volume against the real daemon: closed, and nothing forwarded.</summary>
public sealed class MalformedGreetingTests : DaemonTests
{
    private const int Inputs = 1000;

    [Fact]
    public Task Hellos() => RunAsync(new ClientHelloFuzzTarget(), "tls", "{}");

    [Fact]
    public Task Headers_of_a_relay() => RunAsync(new ProxyHeaderFuzzTarget(), "tcp", """{ "ProxyProtocol": "Required" }""");

    [Fact]
    public Task Headers_of_http() => RunAsync(new ProxyHeaderFuzzTarget(), "http", """{ "ProxyProtocol": "Required" }""");

    private async Task RunAsync(FuzzTarget target, string protocol, string more)
    {
        // What does not end is still a beginning: only what is refused must be closed at once.
        byte[][] refused =
            [.. Fuzzer.Inputs(target, 3 * Inputs, seed: 7)
                .Where(input => target.Check(input, new Random(0)) == OperationStatus.InvalidData).Take(Inputs)];
        Assert.Equal(Inputs, refused.Length);
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        configuration.Cluster("tcp", $"tcp://{upstream.EndPoint}");
        configuration.Cluster("web", $"http://{upstream.EndPoint}");
        configuration.Route("all", "{**path}", "web");
        var edge = configuration.Listen("edge", protocol, protocol == "http" ? null : "tcp", more);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        int before = daemon.Descriptors;

        await Parallel.ForEachAsync(
            refused, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token },
            async (input, token) => await SendAsync(edge, input, token));

        Assert.Equal(0, upstream.Accepted);
        await daemon.MetricAsync("edgegate_connections_closed_total", Inputs, ("listener", "edge"), ("reason", "error"));
        await daemon.MetricAsync("edgegate_connections_active", 0, ("listener", "edge"));
        await Until.TrueAsync(() => daemon.Descriptors <= before + 2, what: "descriptors to come back");
    }

    private static async Task SendAsync(IPEndPoint edge, byte[] input, CancellationToken token)
    {
        using Socket client = await edge.ConnectAsync();
        try
        {
            await client.SendAllAsync(input);
            Assert.Empty(await client.ReceiveToEndAsync().WaitAsync(token));
        }
        catch (SocketException)
        {
            // Reset.
        }
    }
}
