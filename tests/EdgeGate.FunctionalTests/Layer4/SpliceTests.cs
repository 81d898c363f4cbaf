using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Layer4;
using EdgeGate.Transport;

namespace EdgeGate.FunctionalTests.Layer4;

/// <summary>Bulk traffic that goes through the kernel's pipes.</summary>
[SupportedOSPlatform("linux")]
public sealed class SpliceTests
{
    private const int Bulk = 32 * 1024 * 1024;
    private static readonly byte[] Bytes = RandomNumberGenerator.GetBytes(Bulk);

    [Fact]
    public async Task Bulk_traffic_is_spliced_and_byte_exact_and_small_traffic_is_not_spliced()
    {
        RequireLinux();
        await using var upstream = TcpUpstream.Echo();
        await using var relay = new RelayHost([upstream.EndPoint]);
        using Socket client = await relay.EndPoint.ConnectAsync();

        await ExchangeAsync(client, Bytes.AsMemory(0, 1000), times: 100);
        Assert.Equal(0, Pipes(relay));
        Task sending = SendAndEndAsync(client);
        byte[] echoed = await client.ReceiveToEndAsync();
        await sending;

        Assert.Equal(SHA256.HashData(Bytes), SHA256.HashData(echoed));
        Assert.InRange(Pipes(relay), 1, 2 * SplicePipePool.MaxPipes);
    }

    [Fact]
    public async Task It_can_be_switched_off()
    {
        RequireLinux();
        await using var upstream = TcpUpstream.Echo();
        await using var relay = new RelayHost([upstream.EndPoint], new TcpRelayOptions { Splice = false });
        using Socket client = await relay.EndPoint.ConnectAsync();

        Task sending = SendAndEndAsync(client);
        Assert.Equal(Bulk, (await client.ReceiveToEndAsync()).Length);
        await sending;

        Assert.Equal(0, Pipes(relay));
    }

    [Fact]
    public async Task More_stuck_flows_than_pipes_lose_nothing_and_their_resets_leak_no_pipe()
    {
        RequireLinux();
        const int Flows = SplicePipePool.MaxPipes + 8;
        await using var upstream = new TcpUpstream(socket => socket.SendAllAsync(Bytes));
        await using var relay = new RelayHost([upstream.EndPoint], loops: 1);
        Socket[] clients = await Task.WhenAll(Enumerable.Range(0, Flows).Select(_ => relay.EndPoint.ConnectAsync()));
        byte[] first = new byte[8 * 1024 * 1024];

        // Enough for every flow to have turned to splicing where it may; then nobody reads, and all of them are stuck.
        await Task.WhenAll(clients.Select(client => client.ReceiveExactlyAsync(first.AsMemory())));
        Assert.InRange(Pipes(relay), 1, SplicePipePool.MaxPipes);
        foreach (Socket reset in clients[..(Flows / 2)])
        {
            reset.Reset();
        }

        foreach (Socket client in clients[(Flows / 2)..])
        {
            byte[] rest = await client.ReceiveToEndAsync();
            Assert.Equal(SHA256.HashData(Bytes.AsSpan(first.Length)), SHA256.HashData(rest));
            client.Dispose();
        }

        await Until.TrueAsync(() => relay.Active == 0);
        using Socket next = await relay.EndPoint.ConnectAsync();
        Assert.Equal(SHA256.HashData(Bytes), SHA256.HashData(await next.ReceiveToEndAsync()));
        Assert.InRange(Pipes(relay), 1, SplicePipePool.MaxPipes);
    }

    private static void RequireLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "splice(2) is Linux's");

    private static int Pipes(RelayHost relay) => relay.Loops.Loops.Sum(loop => loop.Pipes.Open);

    private static async Task SendAndEndAsync(Socket client)
    {
        await client.SendAllAsync(Bytes);
        client.Shutdown(SocketShutdown.Send);
    }

    private static async Task ExchangeAsync(Socket client, Memory<byte> bytes, int times)
    {
        byte[] answer = new byte[bytes.Length];
        for (int i = 0; i < times; i++)
        {
            await client.SendAllAsync(bytes);
            await client.ReceiveExactlyAsync(answer);
        }
    }
}
