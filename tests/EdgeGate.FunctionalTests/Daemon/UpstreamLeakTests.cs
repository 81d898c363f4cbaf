using System.Net;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Whatever becomes of requests, each connection that was opened for them is closed in the end.</summary>
[Collection(nameof(DaemonGroup))]
public sealed class UpstreamLeakTests
{
    private const int Requests = 3000;
    private const int AtOnce = 30;
    private const int Slack = 10; // of 3000 that could leak

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Aborted_requests_leave_no_descriptor_behind()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(connection => Task.WhenAny(end.Task, ServeAsync(connection)), Token);
        var configuration = new DaemonConfiguration();
        Uri web = configuration.Proxy("web", upstream.Address);
        await using var daemon = await DaemonProcess.StartAsync(
            configuration, environment: new Dictionary<string, string?> { ["EdgeGate__Transport__HttpClient"] = "own" });
        await FloodAsync(web, 200); // the runtime has loaded what it needs after that
        await Until.StableAsync(() => daemon.Descriptors);
        int before = daemon.Descriptors;

        await FloodAsync(web, Requests);
        end.SetResult(); // those that lie idle now are closed by the upstream

        await Until.TrueAsync(() => daemon.Descriptors <= before + Slack, what: $"descriptors to come back to {before}");
        Assert.True(upstream.Accepted > Requests / 10, "the upstream was hardly asked");
    }

    /// <summary>Requests that end well, are cut off by the client, or by the upstream; some at once.</summary>
    private static Task FloodAsync(Uri web, int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token },
        async (i, token) =>
        {
            using var client = await RawConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, web.Port), token);
            string request = (i % 6) switch
            {
                0 => "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n",
                1 => "GET /never HTTP/1.1\r\nHost: a\r\n\r\n",
                2 => "GET /half HTTP/1.1\r\nHost: a\r\n\r\n",
                3 => "POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
                4 => "GET /broken HTTP/1.1\r\nHost: a\r\n\r\n",
                _ => "GET /close HTTP/1.1\r\nHost: a\r\n\r\n",
            };
            await client.SendAsync(request);
            if (i % 6 is 0 or 2 or 4 or 5)
            {
                await client.ReadHeadAsync();
            }

            client.Reset();
        });

    private static async Task ServeAsync(RawConnection connection)
    {
        while (await connection.ReadHeadAsync() is { } head)
        {
            switch (head.Split(' ')[1])
            {
                case "/ok" when head.StartsWith("POST", StringComparison.Ordinal):
                    await connection.ReadAsync(100);
                    await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
                    break;
                case "/ok":
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
                    break;
                case "/half":
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                    break;
                case "/broken":
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx");
                    break;
                case "/close":
                    await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\nall");
                    return;
            }
        }
    }
}
