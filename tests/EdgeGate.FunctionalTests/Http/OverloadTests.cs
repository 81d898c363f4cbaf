using EdgeGate.Configuration;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Limits.Live;
using EdgeGate.Limits.Overload;
using EdgeGate.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGate.FunctionalTests.Http;

/// <summary>Each rung of the ladder on real loops under a real Kestrel, with a pressure that the test makes up.</summary>
public sealed class OverloadTests : HttpTests
{
    private const string Ask = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly TaskCompletionSource _slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pressure _pressure = new();

    private sealed class Pressure : IResourceMeter
    {
        public double Value { get; set; }

        public IEnumerable<ResourceUse> Measure() => [new("injected", Value, 1, OverloadLevel.Reset)];
    }

    [Fact]
    public async Task A_warning_does_nothing_but_warn()
    {
        using RawUpstream upstream = Upstream();
        await using GatewayHost gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address);
        using OverloadMonitor monitor = MonitorOf(gateway);
        using RawConnection idle = await AskedAsync(gateway);

        await AtAsync(monitor, 0.85);
        Assert.Equal((OverloadLevel.Warn, 1L), (monitor.Level, monitor.Taken(OverloadLevel.Warn)));
        await AskAgainAsync(idle);
        using RawConnection another = await AskedAsync(gateway);

        await AtAsync(monitor, 0.5);
        Assert.Equal(OverloadLevel.None, monitor.Level);
    }

    [Fact]
    public async Task Idle_connections_are_closed_oldest_first_and_busy_ones_stay()
    {
        using RawUpstream upstream = Upstream();
        await using GatewayHost gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address);
        using OverloadMonitor monitor = MonitorOf(gateway);
        using RawConnection busy = await ConnectAsync(gateway);
        await busy.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        var idle = new List<RawConnection>();
        for (int i = 0; i < 9; i++)
        {
            idle.Add(await AskedAsync(gateway));
            await Task.Delay(TimeSpan.FromMilliseconds(30), Token); // the loop's clock counts milliseconds: their order shows
        }

        await AskAgainAsync(idle[0]); // the oldest, and now the one that was idle for the shortest time
        await InFlightAsync(gateway, 1);

        // 10 × (0.97 − 0.85) / 0.97 = 1.2: two of ten must go.
        await AtAsync(monitor, 0.97);
        int closed = (int)monitor.Taken(OverloadLevel.CloseIdle);
        Assert.Equal((OverloadLevel.CloseIdle, 2), (monitor.Level, closed));
        foreach (RawConnection old in idle.Skip(1).Take(closed))
        {
            Assert.Equal("", await old.ReadToEndAsync()); // a FIN, no reset, and no answer to nothing
        }

        await AskAgainAsync(idle[0]);
        await AskAgainAsync(idle[^1]);
        _slow.SetResult();
        Assert.StartsWith("HTTP/1.1 200 ", await busy.ReadHeadAsync(), StringComparison.Ordinal);
        idle.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Newcomers_wait_in_the_backlog_and_come_in_when_it_is_over()
    {
        using RawUpstream upstream = Upstream();
        await using GatewayHost gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address);
        using OverloadMonitor monitor = MonitorOf(gateway);
        using RawConnection busy = await ConnectAsync(gateway);
        await busy.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        await InFlightAsync(gateway, 1);

        await AtAsync(monitor, 1.02);
        Assert.Equal((OverloadLevel.StopAccepting, 1L), (monitor.Level, monitor.Taken(OverloadLevel.StopAccepting)));
        using RawConnection waiting = await ConnectAsync(gateway);
        await waiting.SendAsync(Ask);
        Task<string?> answer = waiting.ReadHeadAsync();
        _slow.SetResult();
        Assert.StartsWith("HTTP/1.1 200 ", await busy.ReadHeadAsync(), StringComparison.Ordinal); // who is in is served
        await AtAsync(monitor, 0.97); // not far enough below
        Assert.False(answer.IsCompleted);

        await AtAsync(monitor, 0.9);
        Assert.StartsWith("HTTP/1.1 200 ", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Newcomers_are_rejected_and_those_who_waited_too()
    {
        using RawUpstream upstream = Upstream();
        await using GatewayHost gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address);
        using OverloadMonitor monitor = MonitorOf(gateway);
        await AtAsync(monitor, 1.02);
        using RawConnection waiting = await ConnectAsync(gateway);

        await AtAsync(monitor, 1.15);
        Assert.Equal((OverloadLevel.Reject, 1L), (monitor.Level, monitor.Taken(OverloadLevel.Reject)));
        await waiting.WaitForCloseAsync();
        await AssertRejectedAsync(gateway);
        Assert.Equal(2, Rejected(gateway));

        await AtAsync(monitor, 0.5);
        using RawConnection welcome = await AskedAsync(gateway);
    }

    [Fact]
    public async Task The_connection_that_holds_the_most_memory_is_reset_and_the_others_stay()
    {
        using RawUpstream upstream = Upstream();
        await using GatewayHost gateway = await GatewayHost.StartAsync(GatewayTransport.Native, upstream.Address);
        using OverloadMonitor monitor = MonitorOf(gateway);
        using RawConnection small = await ConnectAsync(gateway);
        await small.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        using RawConnection large = await RawConnection.ConnectAsync(gateway.EndPoint, Token, receiveBuffer: 4096);
        await large.SendAsync("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"); // and does not read the answer
        await InFlightAsync(gateway, 2);
        await Until.TrueAsync(async () => await HeldAsync(gateway) > 100_000, what: "the answer to pile up");

        await AtAsync(monitor, 1.3);
        Assert.Equal((OverloadLevel.Reset, 1L), (monitor.Level, monitor.Taken(OverloadLevel.Reset)));
        await Until.TrueAsync(() => Closed(gateway, CloseReason.Limit) == 1);
        await large.WaitForCloseAsync();
        _slow.SetResult();
        Assert.StartsWith("HTTP/1.1 200 ", await small.ReadHeadAsync(), StringComparison.Ordinal);
        await AtAsync(monitor, 0.5);
        using RawConnection welcome = await AskedAsync(gateway);
    }

    private RawUpstream Upstream() => new(
        async connection =>
        {
            while (await connection.ReadHeadAsync() is { } head)
            {
                if (head.StartsWith("GET /slow", StringComparison.Ordinal))
                {
                    await _slow.Task;
                }

                await connection.SendAsync(head.StartsWith("GET /large", StringComparison.Ordinal)
                    ? "HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n" + new string('x', 50_000_000)
                    : Answer);
            }
        },
        Token);

    private OverloadMonitor MonitorOf(GatewayHost gateway) => new(
        [_pressure],
        new OverloadActions(Transport(gateway).Gate, Transport(gateway).Loops),
        () => new OverloadConfig(),
        TimeProvider.System,
        NullLogger.Instance);

    private static TransportServices Transport(GatewayHost gateway) =>
        gateway.Services.GetRequiredService<TransportServices>();

    private async Task AtAsync(OverloadMonitor monitor, double pressure)
    {
        _pressure.Value = pressure;
        await monitor.RoundAsync();
    }

    private Task<RawConnection> ConnectAsync(GatewayHost gateway) => RawConnection.ConnectAsync(gateway.EndPoint, Token);

    private async Task<RawConnection> AskedAsync(GatewayHost gateway)
    {
        RawConnection connection = await ConnectAsync(gateway);
        await AskAgainAsync(connection);
        return connection;
    }

    private async Task AssertRejectedAsync(GatewayHost gateway)
    {
        try
        {
            using RawConnection rejected = await ConnectAsync(gateway);
            await rejected.WaitForCloseAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The reset was quicker than the connect's return.
        }
    }

    private static async Task AskAgainAsync(RawConnection connection)
    {
        await connection.SendAsync(Ask);
        Assert.StartsWith("HTTP/1.1 200 ", await connection.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("ok", await connection.ReadAsync(2));
    }

    // An answer is read before the request is over for the gateway.
    private static Task InFlightAsync(GatewayHost gateway, int requests) => Until.TrueAsync(async () =>
    {
        int sum = 0;
        await new ConnectionTable(Transport(gateway).Loops).ForEachAsync(c => sum += c.RequestsInFlight);
        return sum == requests;
    });

    private static async Task<long> HeldAsync(GatewayHost gateway)
    {
        long most = 0;
        await new ConnectionTable(Transport(gateway).Loops).ForEachAsync(c => most = Math.Max(most, c.MemoryHeld));
        return most;
    }

    private static ListenerStats Stats(GatewayHost gateway) => Transport(gateway).Metrics.Listeners.Single().Stats;

    private static long Rejected(GatewayHost gateway) => Stats(gateway).Sum(c => c.Rejected(RejectReason.Overload));

    private static long Closed(GatewayHost gateway, CloseReason reason) => Stats(gateway).Sum(c => c.Closed(reason));
}
