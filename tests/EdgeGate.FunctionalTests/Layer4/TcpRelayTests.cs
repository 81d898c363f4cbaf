using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Layer4;
using EdgeGate.Transport;

namespace EdgeGate.FunctionalTests.Layer4;

public sealed class TcpRelayTests
{
    [Fact]
    public async Task Bytes_go_both_ways()
    {
        await using var upstream = TcpUpstream.Echo();
        await using var relay = new RelayHost([upstream.EndPoint]);
        using Socket client = await relay.EndPoint.ConnectAsync();

        await client.SendAllAsync("hello"u8.ToArray());
        byte[] echoed = new byte[5];
        await client.ReceiveExactlyAsync(echoed);

        Assert.Equal("hello"u8.ToArray(), echoed);
    }

    [Fact]
    public async Task A_server_may_speak_first()
    {
        await using var upstream = new TcpUpstream(s => s.SendAllAsync("220 ready\r\n"u8.ToArray()));
        await using var relay = new RelayHost([upstream.EndPoint]);
        using Socket client = await relay.EndPoint.ConnectAsync();

        Assert.Equal("220 ready\r\n", Encoding.ASCII.GetString(await client.ReceiveToEndAsync()));
    }

    [Theory]
    [InlineData(100_000_000)]
    public async Task A_large_upload_and_its_echo_are_byte_exact(int size)
    {
        await using var upstream = TcpUpstream.Echo();
        await using var relay = new RelayHost([upstream.EndPoint]);
        using Socket client = await relay.EndPoint.ConnectAsync();
        byte[] sent = new byte[size];
        new Random(42).NextBytes(sent);

        Task sending = Task.Run(async () =>
        {
            await client.SendAllAsync(sent);
            client.Shutdown(SocketShutdown.Send);
        });
        byte[] received = await client.ReceiveToEndAsync();
        await sending;

        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    [Fact]
    public async Task The_answer_to_a_half_close_still_comes()
    {
        await using var upstream = new TcpUpstream(async s =>
        {
            byte[] all = await s.ReceiveToEndAsync();
            await s.SendAllAsync(Encoding.ASCII.GetBytes($"got {all.Length}"));
        });
        await using var relay = new RelayHost([upstream.EndPoint]);
        using Socket client = await relay.EndPoint.ConnectAsync();

        await client.SendAllAsync(new byte[1000]);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("got 1000", Encoding.ASCII.GetString(await client.ReceiveToEndAsync()));
        await Until.TrueAsync(() => relay.Closed(CloseReason.Client) == 1);
    }

    [Fact]
    public async Task An_upstream_that_half_closes_still_hears_the_client()
    {
        var heard = new TaskCompletionSource<int>();
        await using var upstream = new TcpUpstream(async s =>
        {
            await s.SendAllAsync("bye"u8.ToArray());
            s.Shutdown(SocketShutdown.Send);
            heard.SetResult((await s.ReceiveToEndAsync()).Length);
        });
        await using var relay = new RelayHost([upstream.EndPoint]);
        using Socket client = await relay.EndPoint.ConnectAsync();

        Assert.Equal("bye"u8.ToArray(), await client.ReceiveToEndAsync());
        await client.SendAllAsync(new byte[5000]);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal(5000, await heard.Task);
    }

    [Fact]
    public async Task A_clients_reset_reaches_the_upstream_as_a_reset()
    {
        var seen = new TaskCompletionSource<SocketError>();
        await using var upstream = new TcpUpstream(async s =>
        {
            try
            {
                await s.SendAllAsync("x"u8.ToArray());
                await s.ReceiveToEndAsync();
                seen.SetResult(SocketError.Success);
            }
            catch (SocketException e)
            {
                seen.SetResult(e.SocketErrorCode);
            }
        });
        await using var relay = new RelayHost([upstream.EndPoint]);
        Socket client = await relay.EndPoint.ConnectAsync();
        await client.ReceiveExactlyAsync(new byte[1]);

        client.Reset();

        Assert.Equal(SocketError.ConnectionReset, await seen.Task);
        await Until.TrueAsync(() => relay.Closed(CloseReason.Client) == 1);
    }

    [Fact]
    public async Task An_upstreams_reset_reaches_the_client_after_the_bytes_before_it()
    {
        await using var upstream = new TcpUpstream(async s =>
        {
            await s.SendAllAsync(new byte[200_000]);
            await s.ReceiveExactlyAsync(new byte[1]); // the client has it all
            s.Reset();
        });
        await using var relay = new RelayHost([upstream.EndPoint]);
        using Socket client = await relay.EndPoint.ConnectAsync();

        await client.ReceiveExactlyAsync(new byte[200_000]);
        await client.SendAllAsync(new byte[1]);
        var error = await Assert.ThrowsAsync<SocketException>(() => client.ReceiveToEndAsync());

        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task A_refused_upstream_closes_the_client_promptly()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound and not listening: refuses
        await using var relay = new RelayHost([(IPEndPoint)nobody.LocalEndPoint!]);
        using Socket client = await relay.EndPoint.ConnectAsync();

        Assert.Empty(await client.ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(5)));
        await Until.TrueAsync(() => relay.Closed(CloseReason.Upstream) == 1);
    }

    [Fact]
    public async Task A_refused_destination_gives_way_to_the_next()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var upstream = TcpUpstream.Echo();
        await using var relay = new RelayHost([(IPEndPoint)nobody.LocalEndPoint!, upstream.EndPoint]);

        for (int i = 0; i < 4; i++)
        {
            using Socket client = await relay.EndPoint.ConnectAsync();
            await client.SendAllAsync("a"u8.ToArray());
            await client.ReceiveExactlyAsync(new byte[1]);
        }
    }

    [Fact]
    public async Task An_idle_relay_is_closed_and_a_busy_one_is_not()
    {
        await using var upstream = TcpUpstream.Echo();
        await using var relay = new RelayHost(
            [upstream.EndPoint], new TcpRelayOptions { IdleTimeout = TimeSpan.FromMilliseconds(1500) });
        using Socket idle = await relay.EndPoint.ConnectAsync();
        using Socket busy = await relay.EndPoint.ConnectAsync();

        Task<byte[]> idleEnd = idle.ReceiveToEndAsync();
        byte[] one = new byte[1];
        while (!idleEnd.IsCompleted)
        {
            await busy.SendAllAsync(one);
            await busy.ReceiveExactlyAsync(one);
        }

        Assert.Empty(await idleEnd);
        await Until.TrueAsync(() => relay.Closed(CloseReason.Idle) == 1);
        await busy.SendAllAsync(one);
        await busy.ReceiveExactlyAsync(one);
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_the_upstream_back()
    {
        long sent = 0;
        await using var upstream = new TcpUpstream(async s =>
        {
            byte[] chunk = new byte[64 * 1024];
            while (Volatile.Read(ref sent) < 200_000_000)
            {
                await s.SendAllAsync(chunk);
                Interlocked.Add(ref sent, chunk.Length);
            }
        });
        await using var relay = new RelayHost([upstream.EndPoint]);
        using Socket client = await relay.EndPoint.ConnectAsync();

        await Until.StableAsync(() => Volatile.Read(ref sent));

        // Two hops' socket buffers at the most that the kernel lets them grow to, far from all of it.
        Assert.InRange(Volatile.Read(ref sent), 1, 64_000_000);
    }
}
