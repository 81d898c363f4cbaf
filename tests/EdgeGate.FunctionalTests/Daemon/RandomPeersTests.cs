using System.Buffers.Binary;
using System.Collections.Concurrent;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Two ends that do what they like, with the daemon between them.</summary>
public sealed class RandomPeersTests : DaemonTests
{
    private const int Seed = 20_240;

    [Fact]
    public async Task What_arrives_is_what_was_sent_and_nothing_leaks()
    {
        var servers = new ConcurrentDictionary<int, RandomPeer>();
        int playing = 0;
        await using var upstream = new TcpUpstream(async socket =>
        {
            Interlocked.Increment(ref playing);
            try
            {
                byte[] number = new byte[4];
                await socket.ReceiveExactlyAsync(number);
                int i = BinaryPrimitives.ReadInt32LittleEndian(number);
                await servers.GetOrAdd(i, _ => new RandomPeer(Seed + 1000 + i)).PlayAsync(socket);
            }
            finally
            {
                Interlocked.Decrement(ref playing);
            }
        });
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", upstream.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        await daemon.MetricAsync("edgegate_connections_active", 0);
        int descriptors = daemon.Descriptors;

        var clients = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var socket = await relay.ConnectAsync();
            byte[] number = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(number, i);
            await socket.SendAllAsync(number);
            var client = new RandomPeer(Seed + i);
            await client.PlayAsync(socket);
            return client;
        })).WaitAsync(TimeSpan.FromSeconds(60), Token);
        await Until.TrueAsync(() => Volatile.Read(ref playing) == 0, what: "the upstream's ends to end");

        int whole = 0;
        foreach (var (i, server) in servers)
        {
            bool complete = !clients[i].Reset && !server.Reset;
            whole += complete ? 1 : 0;
            AssertArrived(clients[i], server, complete, $"client {i} to upstream");
            AssertArrived(server, clients[i], complete, $"upstream to client {i}");
        }

        Report($"{clients.Length} connections, {servers.Count} reached the upstream, {whole} without a reset");
        Assert.InRange(whole, 50, 150); // else the seed tests little
        await daemon.MetricAsync("edgegate_connections_active", 0);
        await daemon.MetricAsync("edgegate_limit_used", 0, ("resource", "connections"));
        await daemon.MetricAsync("edgegate_limit_used", 0, ("resource", "descriptors"));
        await daemon.MetricAsync("edgegate_connections_accepted_total", 200);
        await daemon.MetricAsync("edgegate_connections_closed_total", 200);
        await Until.TrueAsync(() => daemon.Descriptors <= descriptors + 16, what: "descriptors to be closed");
    }

    private static void AssertArrived(RandomPeer from, RandomPeer to, bool complete, string which)
    {
        int common = from.Sent.CommonPrefixLength(to.Received);
        Assert.True(common == to.Received.Length, $"{which}: byte {common} of {to.Received.Length} is not what was sent");
        if (complete)
        {
            Assert.True(common == from.Sent.Length, $"{which}: {common} of {from.Sent.Length} bytes arrived, and nobody reset");
            Assert.True(to.SawEnd, which + ": no clean end");
        }
    }
}
