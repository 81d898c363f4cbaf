using System.Net;
using System.Text;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Http;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.FunctionalTests.Http.Upstream;

/// <summary>What the gateway's own client does where SocketsHttpHandler does otherwise, or leaves it open.</summary>
public sealed class OwnClientTests : HttpTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    public static TheoryData<ClientKind> Kinds => [ClientKind.Own, ClientKind.OwnOnLoop];

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 2\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")] // nobody asked
    public async Task Ambiguous_framing_is_a_502_and_the_end_of_the_connection(string response)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(response);
            await connection.WaitForCloseAsync();
            closed.SetResult();
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(GatewayTransport.Loops, upstream.Address);
        using var client = Client(gateway.Address);

        using var answer = await client.GetAsync("/", Token);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        await closed.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task A_head_without_end_is_a_502()
    {
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nX: " + new string('a', 70_000));
            await connection.WaitForCloseAsync();
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(GatewayTransport.Loops, upstream.Address);
        using var client = Client(gateway.Address);

        using var answer = await client.GetAsync("/", Token);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_follows_a_response_is_never_the_next_ones(ClientKind kind)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
            await connection.WaitForCloseAsync();
        }, Token);
        await using var client = new ClientUnderTest(kind);

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("ok", await client.TextAsync(Get(upstream), Token));
        }

        Assert.Equal(3, upstream.Accepted);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_an_idle_connection_says_ends_it(ClientKind kind)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var say = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
            await say.Task;
            await connection.SendAsync("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
            await connection.WaitForCloseAsync();
            closed.TrySetResult();
        }, Token);
        await using var client = new ClientUnderTest(kind);
        await client.TextAsync(Get(upstream), Token);

        say.SetResult();
        await closed.Task.WaitAsync(Token);

        Assert.Equal("ok", await client.TextAsync(Get(upstream), Token));
        Assert.Equal(2, upstream.Accepted);
    }

    [Theory]
    [InlineData(ClientKind.Own, "GET", true)]
    [InlineData(ClientKind.OwnOnLoop, "GET", true)]
    [InlineData(ClientKind.Own, "POST", false)]
    [InlineData(ClientKind.OwnOnLoop, "POST", false)]
    [InlineData(ClientKind.OwnOnLoop, "PATCH", false)]
    public async Task Only_what_may_be_repeated_is_sent_again_and_once(ClientKind kind, string method, bool isRepeated)
    {
        int requests = 0;
        using var upstream = new RawUpstream(async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
            {
                // The first is answered, and all after it find the door shut.
                if (Interlocked.Increment(ref requests) > 1)
                {
                    return;
                }

                await connection.SendAsync(Ok);
            }
        }, Token);
        await using var client = new ClientUnderTest(kind);
        await client.TextAsync(Get(upstream), Token);

        await Assert.ThrowsAsync<HttpRequestException>(
            () => client.TextAsync(new HttpRequestMessage(new HttpMethod(method), upstream.Address), Token));

        Assert.Equal(isRepeated ? 3 : 2, requests);
        Assert.Equal(isRepeated ? 2 : 1, upstream.Accepted);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_connection_that_closed_while_idle_costs_no_request(ClientKind kind)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
        }, Token);
        await using var client = new ClientUnderTest(kind);

        for (int i = 0; i < 20; i++)
        {
            var request = new HttpRequestMessage(i % 2 == 0 ? HttpMethod.Get : HttpMethod.Delete, upstream.Address);
            Assert.Equal("ok", await client.TextAsync(request, Token));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Requests_wait_for_a_place_in_order_and_may_give_up(ClientKind kind)
    {
        var order = new List<string>();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(async connection =>
        {
            while (await connection.ReadHeadAsync() is { } head)
            {
                lock (order)
                {
                    order.Add(head.Split(' ')[1]);
                }

                first.TrySetResult();
                await answer.Task;
                await connection.SendAsync(Ok);
            }
        }, Token);
        await using var client = new ClientUnderTest(kind, config: new HttpClientConfig { MaxConnectionsPerServer = 1 });
        using var givesUp = new CancellationTokenSource();
        Task<string> SendAsync(int i, CancellationToken token) =>
            client.TextAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(upstream.Address, $"/{i}")), token);

        var tasks = new List<Task<string>> { SendAsync(0, Token) };
        await first.Task.WaitAsync(Token);
        tasks.AddRange(Enumerable.Range(1, 5).Select(i => SendAsync(i, i == 3 ? givesUp.Token : Token)));
        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tasks[3]);
        answer.SetResult();
        tasks.RemoveAt(3);
        await Task.WhenAll(tasks).WaitAsync(Token);

        Assert.Equal(["/0", "/1", "/2", "/4", "/5"], order);
        Assert.Equal(1, upstream.Accepted);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_cancelled_request_closes_its_connection(ClientKind kind)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            asked.SetResult();
            await connection.WaitForCloseAsync();
            closed.SetResult();
        }, Token);
        await using var client = new ClientUnderTest(kind);
        using var cancel = new CancellationTokenSource();
        Task<string> request = client.TextAsync(Get(upstream), cancel.Token);
        await asked.Task.WaitAsync(Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await closed.Task.WaitAsync(Token);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_read_that_is_cancelled_closes_its_connection(ClientKind kind)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun");
            await connection.WaitForCloseAsync();
            closed.SetResult();
        }, Token);
        await using var client = new ClientUnderTest(kind);
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(
            Get(upstream),
            async response =>
            {
                await using Stream body = await response.Content.ReadAsStreamAsync(Token);
                await body.ReadExactlyAsync(new byte[5], Token);
                cancel.CancelAfter(TimeSpan.FromMilliseconds(50));
                return await body.ReadAsync(new byte[5], cancel.Token);
            },
            Token));

        await closed.Task.WaitAsync(Token);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_early_answer_does_not_wait_for_the_body(ClientKind kind)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
            await connection.WaitForCloseAsync();
        }, Token);
        await using var client = new ClientUnderTest(kind);
        var never = new TaskCompletionSource();
        var request = new HttpRequestMessage(HttpMethod.Post, upstream.Address)
        {
            Content = new StreamContent(new WaitingStream(never.Task)),
        };

        Assert.Equal("big", await client.TextAsync(request, Token));
        never.SetResult();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_answer_is_found_though_the_upstream_closed_on_the_body(ClientKind kind)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
        }, Token);
        await using var client = new ClientUnderTest(kind);
        var request = new HttpRequestMessage(HttpMethod.Post, upstream.Address) { Content = new ByteArrayContent(new byte[8 << 20]) };

        Assert.Equal("big", await client.TextAsync(request, Token));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_upgraded_connection_carries_bytes_both_ways(ClientKind kind)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nfirst");
            while (true)
            {
                await connection.SendAsync(await connection.ReadAsync(3));
            }
        }, Token);
        await using var client = new ClientUnderTest(kind);
        HttpRequestMessage request = Get(upstream);
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "echo");

        string said = await client.SendAsync(
            request,
            async response =>
            {
                Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
                await using Stream stream = await response.Content.ReadAsStreamAsync(Token).ConfigureAwait(false);
                Assert.True(stream.CanWrite);
                byte[] bytes = new byte[11];
                await stream.ReadExactlyAsync(bytes.AsMemory(0, 5), Token).ConfigureAwait(false);
                await stream.WriteAsync("one"u8.ToArray(), Token).ConfigureAwait(false);
                await stream.ReadExactlyAsync(bytes.AsMemory(5, 3), Token).ConfigureAwait(false);
                await stream.WriteAsync("two"u8.ToArray(), Token).ConfigureAwait(false);
                await stream.ReadExactlyAsync(bytes.AsMemory(8, 3), Token).ConfigureAwait(false);
                return Encoding.ASCII.GetString(bytes);
            },
            Token);

        Assert.Equal("firstonetwo", said);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_connection_that_is_too_old_is_not_used_again(ClientKind kind)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
            {
                await connection.SendAsync(Ok);
            }
        }, Token);
        await using var client = new ClientUnderTest(
            kind, new HttpGatewayOptions { ConnectionLifetime = TimeSpan.FromMicroseconds(1) });

        for (int i = 0; i < 3; i++)
        {
            await client.TextAsync(Get(upstream), Token);
        }

        Assert.Equal(3, upstream.Accepted);
    }

    private static HttpRequestMessage Get(RawUpstream upstream) => new(HttpMethod.Get, upstream.Address);

    /// <summary>A content that does not come.</summary>
    private sealed class WaitingStream(Task until) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await until.WaitAsync(cancellationToken);
            return 0;
        }
    }
}
