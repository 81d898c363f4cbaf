using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Http.Upstream;

/// <summary>The gateway's own client beside SocketsHttpHandler: what one shows, the other must.</summary>
public sealed class ClientDifferenceTests : HttpTests
{
    [Theory]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0A\r\n0123456789\r\n0\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nTrailer: X-T\r\n\r\n1\r\nx\r\n0\r\nX-T: 1\r\ngrpc-status: 0\r\nContent-Length: 7\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\n\r\nuntil the end")]
    [InlineData("GET", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold")]
    [InlineData("GET", "HTTP/1.0 200 OK\r\n\r\nvery old")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"x\"\r\n\r\n")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("GET", "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("GET", "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("GET", "HTTP/1.1 200 Alles gut\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("GET", "HTTP/1.1 599 Odd\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Empty:\r\nX-Tab: \ta\t \r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nX-Latin: \u00fc\u00e9\r\nCONTENT-type: a/b\r\ncontent-LENGTH: 1\r\nserver: s\r\nx-own: 1\r\n\r\nx")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nDate: now\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("POST", "HTTP/1.1 201 Created\r\nLocation: /x\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")] // breaks off
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("GET", "")]
    [InlineData("GET", "HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n")]
    public async Task Responses_look_alike(string method, string response)
    {
        string[] whole = await SeenAsync(new HttpMethod(method), response, piece: response.Length);
        string[] inPieces = await SeenAsync(new HttpMethod(method), response, piece: 1);

        Assert.Single(whole.Concat(inPieces).Distinct());
    }

    private async Task<string[]> SeenAsync(HttpMethod method, string response, int piece)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            for (int at = 0; at < response.Length; at += piece)
            {
                await connection.SendAsync(response.Substring(at, Math.Min(piece, response.Length - at)));
                await Task.Yield();
            }
        }, Token);
        return await OnEachAsync(client => client.ObserveAsync(new HttpRequestMessage(method, upstream.Address), Token));
    }

    public static TheoryData<string> Requests => ["get", "head", "delete", "post-nothing", "put-nothing", "options", "own-method",
        "get-empty-content", "post-length", "post-chunked", "headers", "query", "close"];

    [Theory, MemberData(nameof(Requests))]
    public async Task Requests_look_alike(string name)
    {
        var received = new List<string>();
        using var upstream = new RawUpstream(async connection =>
        {
            string head = (await connection.ReadHeadAsync())!;
            string body = head.Contains("chunked", StringComparison.Ordinal) ? await connection.ReadAsync(15)
                : head.Contains("Content-Length: 5", StringComparison.Ordinal) ? await connection.ReadAsync(5) : "";
            string[] lines = head.Split("\r\n");
            received.Add(string.Join('\n', [lines[0], .. lines[1..].Order(StringComparer.Ordinal), body]));
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }, Token);

        await OnEachAsync(client => client.ObserveAsync(Request(name, upstream.Address), Token));

        Assert.Equal(3, received.Count);
        Assert.Single(received.Distinct());
    }

    [Fact]
    public async Task A_refused_connection_looks_alike()
    {
        Uri gone;
        using (var upstream = new RawUpstream(_ => Task.CompletedTask, Token))
        {
            gone = upstream.Address;
        }

        string[] seen = await OnEachAsync(async client =>
        {
            var error = await Assert.ThrowsAsync<HttpRequestException>(
                () => client.TextAsync(new HttpRequestMessage(HttpMethod.Get, gone), Token));
            return $"{error.HttpRequestError} {error.InnerException?.GetType()} {error.Message}";
        });

        Assert.Single(seen.Distinct());
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_looks_alike()
    {
        string[] seen = await OnEachAsync(async client =>
        {
            var error = await Assert.ThrowsAsync<HttpRequestException>(
                () => client.TextAsync(new HttpRequestMessage(HttpMethod.Get, "http://nowhere.invalid:81/"), Token));
            return $"{error.HttpRequestError}";
        });

        Assert.Equal(["NameResolutionError"], seen.Distinct());
    }

    [Fact]
    public async Task A_connect_that_takes_too_long_looks_alike()
    {
        using var hole = new Blackhole();
        var options = new EdgeGate.Http.HttpGatewayOptions { ConnectTimeout = TimeSpan.FromMilliseconds(300) };
        foreach (ClientKind kind in Enum.GetValues<ClientKind>())
        {
            await using var client = new ClientUnderTest(kind, options);
            var error = await Assert.ThrowsAsync<TaskCanceledException>(
                () => client.TextAsync(new HttpRequestMessage(HttpMethod.Get, $"http://{hole.EndPoint}/"), Token));
            Assert.IsType<TimeoutException>(error.InnerException);
        }
    }

    [Fact]
    public async Task A_name_is_resolved_and_its_addresses_are_tried()
    {
        // The upstream listens on 127.0.0.1 only; the name may stand for ::1 first.
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }, Token);

        string[] seen = await OnEachAsync(
            client => client.ObserveAsync(new HttpRequestMessage(HttpMethod.Get, $"http://localhost:{upstream.Address.Port}/"), Token));

        Assert.Single(seen.Distinct());
        Assert.Contains("200 OK", seen[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true)]
    [InlineData("", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true)] // never asks: the body comes unasked
    [InlineData("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n", "", false)]
    public async Task Expectations_look_alike(string before, string after, bool wantsBody)
    {
        const int length = 5000;
        int bodies = 0;
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(before);
            if (wantsBody)
            {
                await connection.ReadAsync(length);
                Interlocked.Increment(ref bodies);
                await connection.SendAsync(after);
            }
            else if (await connection.ReadToEndAsync() != "")
            {
                Interlocked.Increment(ref bodies);
            }
        }, Token);

        string[] seen = await OnEachAsync(client =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, upstream.Address) { Content = new ByteArrayContent(new byte[length]) };
            request.Headers.ExpectContinue = true;
            return client.ObserveAsync(request, Token);
        });

        Assert.Single(seen.Distinct());
        Assert.Equal(wantsBody ? 3 : 0, bodies);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task A_content_of_another_length_than_promised_is_a_failure(int length)
    {
        using var upstream = new RawUpstream(connection => connection.WaitForCloseAsync(), Token);

        string[] seen = await OnEachAsync(client =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, upstream.Address) { Content = new ByteArrayContent(new byte[length]) };
            request.Content.Headers.ContentLength = 5;
            return client.ObserveAsync(request, Token);
        });

        Assert.Equal(["failed: HttpRequestException"], seen.Distinct());
    }

    private static HttpRequestMessage Request(string name, Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        switch (name)
        {
            case "head" or "delete" or "options":
                request.Method = new HttpMethod(name.ToUpperInvariant());
                break;
            case "post-nothing" or "put-nothing":
                request.Method = new HttpMethod(name[..^8].ToUpperInvariant());
                break;
            case "own-method":
                request.Method = new HttpMethod("FETCH");
                break;
            case "get-empty-content":
                request.Content = new ByteArrayContent([]) { Headers = { { "Content-Type", "a/b" } } };
                break;
            case "post-length":
                request.Method = HttpMethod.Post;
                request.Content = new StringContent("hello");
                break;
            case "post-chunked":
                request.Method = HttpMethod.Post;
                request.Content = new StringContent("hello");
                request.Headers.TransferEncodingChunked = true;
                break;
            case "headers":
                request.Headers.Host = "own.example";
                request.Headers.TryAddWithoutValidation("Accept", ["a/b", "c/d"]);
                request.Headers.TryAddWithoutValidation("User-Agent", "curl/8 (x)");
                request.Headers.TryAddWithoutValidation("Cookie", "a=1; b=2");
                request.Headers.TryAddWithoutValidation("X-Latin", "\u00fc");
                request.Headers.TryAddWithoutValidation("X-Empty", "");
                request.Headers.TryAddWithoutValidation("TE", "trailers");
                break;
            case "query":
                request.RequestUri = new Uri(address, "/a%2Fb/%20?x=%C3%BC&y=\u00fc#fragment");
                break;
            case "close":
                request.Headers.ConnectionClose = true;
                break;
        }

        return request;
    }

    /// <summary>Does the same with each kind of client, the oracle first.</summary>
    private static async Task<string[]> OnEachAsync(Func<ClientUnderTest, Task<string>> act)
    {
        var seen = new List<string>();
        foreach (ClientKind kind in Enum.GetValues<ClientKind>())
        {
            await using var client = new ClientUnderTest(kind);
            seen.Add(await act(client));
        }

        return [.. seen];
    }
}
