using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Thousands of connections at once and one after another, and nothing left of them.</summary>
public sealed partial class ManyConnectionsTests : DaemonTests
{
    // The runtime opens files of its own as it loads code; a leak is one for each connection.
    private const int DescriptorSlack = 16;
    private const int Batch = 250;

    [Fact]
    public async Task Relays_at_once_all_echo_all_are_visible_and_nothing_is_left()
    {
        // Half of this process's descriptors for clients, half for the upstream's side; the daemon wants two each.
        int count = Math.Min(5000, (DescriptorLimit() - 1000) / 2);
        Report($"{count} relays at once");
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", upstream.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        await WarmUpAsync(daemon, relay);
        int descriptors = daemon.Descriptors;

        var clients = new List<Socket>(count);
        while (clients.Count < count)
        {
            clients.AddRange(await Task.WhenAll(
                Enumerable.Range(0, Math.Min(Batch, count - clients.Count)).Select(_ => relay.ConnectAsync())));
            await EchoAsync(clients[^Math.Min(Batch, clients.Count)..]);
        }

        await EchoAsync(clients);
        await daemon.MetricAsync("edgegate_connections_active", count, ("listener", "relay"), ("protocol", "tcp"));
        await daemon.MetricAsync("edgegate_limit_used", count, ("resource", "connections"));
        var ids = (await daemon.ConnectionsAsync($"?limit={count + 1}")).Select(c => (long)c!["id"]!).ToHashSet();
        Assert.Equal(count, ids.Count);

        clients.ForEach(client => client.Dispose());

        await daemon.MetricAsync("edgegate_connections_active", 0);
        await daemon.MetricAsync("edgegate_limit_used", 0, ("resource", "connections"));
        await daemon.MetricAsync("edgegate_limit_used", 0, ("resource", "descriptors"));
        Assert.Empty(await daemon.ConnectionsAsync());
        await Until.TrueAsync(() => daemon.Descriptors <= descriptors + DescriptorSlack, what: "descriptors to be closed");
    }

    [Fact]
    public async Task Short_connections_leave_no_descriptor_and_no_memory()
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("relay", upstream.EndPoint);
        // A small nursery: what is only garbage does not grow the process, so what grows it is kept.
        await using var daemon = await DaemonProcess.StartAsync(
            configuration, environment: new Dictionary<string, string?> { ["DOTNET_GCgen0size"] = "400000" });
        await WarmUpAsync(daemon, relay);
        await daemon.MetricAsync("edgegate_connections_active", 0);
        int descriptors = daemon.Descriptors;
        long[] memory = new long[3];
        for (int i = 0; i < memory.Length; i++)
        {
            // A collection takes megabytes away at a time, so a single reading says where it stands between two.
            memory[i] = (await MemoryOverAsync(daemon, relay, 1000)).Min();
            await ComeAndGoAsync(relay, i == memory.Length - 1 ? 0 : 12_000);
        }

        await daemon.MetricAsync("edgegate_connections_active", 0);
        await daemon.MetricAsync("edgegate_limit_used", 0, ("resource", "connections"));
        await daemon.MetricAsync("edgegate_limit_used", 0, ("resource", "descriptors"));
        Report($"RssAnon in KiB, each 16,000 connections later: {string.Join(", ", memory.Select(m => m / 1024))}");
        Assert.InRange(daemon.Descriptors, 0, descriptors + DescriptorSlack);

        // The heap may settle at another size once; what leaks grows each time: 500 bytes a connection would show.
        long growth = Math.Min(memory[1] - memory[0], memory[2] - memory[1]);
        Assert.InRange(growth, long.MinValue, 7 << 20);
    }

    /// <summary>Its memory after each of four batches of connections.</summary>
    private static async Task<long[]> MemoryOverAsync(DaemonProcess daemon, IPEndPoint relay, int batch)
    {
        var memory = new long[4];
        for (int i = 0; i < memory.Length; i++)
        {
            await ComeAndGoAsync(relay, batch);
            memory[i] = daemon.AnonymousMemory;
        }

        return memory;
    }

    private static int DescriptorLimit() => int.Parse(Soft().Match(File.ReadAllText("/proc/self/limits")).Groups[1].Value);

    [GeneratedRegex(@"Max open files\s+(\d+)")]
    private static partial Regex Soft();

    /// <summary>Uses once what the test will use, so that its code is loaded before anything is counted.</summary>
    private static async Task WarmUpAsync(DaemonProcess daemon, IPEndPoint relay)
    {
        await ComeAndGoAsync(relay, 100);
        await daemon.MetricAsync("edgegate_connections_active", 0);
        await daemon.ConnectionsAsync();
    }

    private static async Task ComeAndGoAsync(IPEndPoint relay, int count)
    {
        for (int done = 0; done < count; done += 50)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
            {
                var client = await relay.ConnectAsync();
                await EchoAsync(client, done + i);
                if (i % 2 == 0)
                {
                    client.Reset();
                    return;
                }

                client.Shutdown(SocketShutdown.Send);
                Assert.Empty(await client.ReceiveToEndAsync());
                client.Dispose();
            })).WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    private static async Task EchoAsync(List<Socket> clients)
    {
        foreach (var batch in clients.Index().Chunk(Batch))
        {
            await Task.WhenAll(batch.Select(c => EchoAsync(c.Item, c.Index))).WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    private static async Task EchoAsync(Socket client, int value)
    {
        byte[] sent = new byte[4];
        byte[] received = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(sent, value);
        await client.SendAllAsync(sent);
        await client.ReceiveExactlyAsync(received);
        Assert.Equal(sent, received);
    }
}
