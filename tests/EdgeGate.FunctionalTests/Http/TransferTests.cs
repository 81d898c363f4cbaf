using System.Net;
using System.Security.Cryptography;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Http;

public sealed class TransferTests : HttpTests
{
    private const int Large = 100 * 1024 * 1024;

    [Theory, OnEachTransport("1.1"), OnEachTransport("2.0")]
    public async Task A_hundred_megabytes_arrive_intact_both_ways(GatewayTransport transport, string version)
    {
        await using var nginx = await NginxUpstream.StartAsync(Token);
        await using var gateway = await GatewayHost.StartAsync(transport, nginx.Address);
        using var client = Client(gateway.Address, Version.Parse(version));
        var bytes = new byte[Large];
        new Random(1).NextBytes(bytes);
        var checksum = SHA256.HashData(bytes);

        using var uploaded = await client.PutAsync("/upload/large", new ByteArrayContent(bytes), Token);
        Assert.Equal(HttpStatusCode.Created, uploaded.StatusCode);
        await using (var stored = File.OpenRead(Path.Combine(nginx.Root, "upload", "large")))
        {
            Assert.Equal(checksum, await SHA256.HashDataAsync(stored, Token));
        }

        using var downloaded = await client.GetAsync("/upload/large", HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(Large, downloaded.Content.Headers.ContentLength);
        await using var body = await downloaded.Content.ReadAsStreamAsync(Token);
        Assert.Equal(checksum, await SHA256.HashDataAsync(body, Token));
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_does_not_read_stops_the_upstream(GatewayTransport transport)
    {
        var taken = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n");
            taken.SetResult(await SendUntilStalledAsync(connection, 200 * 1024 * 1024));
            await connection.WaitForCloseAsync();
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token, receiveBuffer: 64 * 1024);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadHeadAsync();

        Assert.InRange(await taken.Task.WaitAsync(Token), 1, 16 * 1024 * 1024);
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_leaves_in_mid_response_is_felt_upstream(GatewayTransport transport)
    {
        var felt = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegun");
            await connection.WaitForCloseAsync();
            felt.SetResult();
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadHeadAsync();
        Assert.Equal("begun", await client.ReadAsync(5));

        client.Reset();

        await felt.Task.WaitAsync(Token);
    }

    [Theory]
    [OnEachTransport("1.1", "Content-Length: 1000\r\n\r\nbegun"), OnEachTransport("2.0", "Content-Length: 1000\r\n\r\nbegun")]
    [OnEachTransport("1.1", "Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n")]
    [OnEachTransport("2.0", "Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n")]
    public async Task An_upstream_that_breaks_off_does_not_look_finished(
        GatewayTransport transport, string version, string body)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\n" + body);
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = Client(gateway.Address, Version.Parse(version));

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/", Token));
    }

    /// <summary>Sends until a write makes no progress for a second; that is the event, and needs a clock.</summary>
    private static async Task<long> SendUntilStalledAsync(RawConnection connection, long total)
    {
        var chunk = new byte[64 * 1024];
        var sent = 0L;
        while (sent < total)
        {
            try
            {
                await connection.SendAsync(chunk).WaitAsync(TimeSpan.FromSeconds(1));
            }
            catch (TimeoutException)
            {
                break;
            }

            sent += chunk.Length;
        }

        return sent;
    }
}
