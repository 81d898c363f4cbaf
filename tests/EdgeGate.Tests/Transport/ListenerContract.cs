using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeGate.Native;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Tests.Polling;
using EdgeGate.Tests.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

/// <summary>What a listener promises, on real loopback sockets and each poller.</summary>
public abstract class ListenerContract : IAsyncLifetime
{
    private readonly PollerKind _kind;
    private readonly HoldLane _lane = new();
    private readonly List<IDisposable> _clients = [];
    private TransportHarness? _harness;

    protected ListenerContract(PollerKind kind)
    {
        Pollers.SkipUnlessAvailable(kind);
        _kind = kind;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _clients.ForEach(client => client.Dispose());
        if (_harness is not null)
        {
            await _harness.DisposeAsync();
        }
    }

    [Fact]
    public async Task Accepted_connections_are_spread_evenly()
    {
        TransportHarness harness = Open(loops: 4);
        Listener listener = harness.Start(_lane);
        for (int i = 0; i < 200; i++)
        {
            Connect(listener);
        }

        HeldConnection[] connections = await _lane.NextAsync(200);

        Assert.All(harness.Loops.Loops, loop => Assert.Equal(50, loop.Connections));
        Assert.All(connections.GroupBy(each => each.Loop), group => Assert.Equal(50, group.Count()));
        Assert.Equal(200, connections.Select(each => each.Id).Distinct().Count());
    }

    [Fact]
    public async Task Spread_stays_even_when_connections_come_and_go()
    {
        TransportHarness harness = Open(loops: 3);
        Listener listener = harness.Start(_lane);
        var first = Enumerable.Range(0, 30).Select(_ => Connect(listener)).ToDictionary(client => client.LocalEndPoint!);
        HeldConnection[] held = await _lane.NextAsync(30);

        // All that live on one loop go; the next ones fill it up again.
        foreach (HeldConnection gone in held.Where(each => each.Loop.Index == 1))
        {
            first[gone.Remote!].Dispose();
            await gone.Closed;
        }

        for (int i = 0; i < 10; i++)
        {
            Connect(listener);
        }

        HeldConnection[] next = await _lane.NextAsync(10);
        Assert.All(next, each => Assert.Equal(1, each.Loop.Index));
    }

    [Fact]
    public async Task Full_gate_leaves_connections_in_the_queue_and_a_release_takes_the_next()
    {
        TransportHarness harness = Open(maxConnections: 2);
        Listener listener = harness.Start(_lane);
        Socket first = Connect(listener);
        Connect(listener);
        Connect(listener);
        HeldConnection[] held = await _lane.NextAsync(2);
        await harness.SettleAsync();
        Assert.False(_lane.HasMore);
        Assert.Equal(2, harness.Gate.Connections);

        first.Dispose();

        await _lane.NextAsync();
        await held.Single(each => each.IsClosed).Closed;
        Assert.Equal(2, harness.Gate.Connections);
        Assert.Equal(3, listener.Stats.Sum(cell => cell.Accepted));
        Assert.Equal(0, listener.Stats.Sum(cell => cell.Rejected(RejectReason.Limit)));
    }

    [Fact]
    public async Task Paused_listener_costs_nothing()
    {
        TransportHarness harness = Open(maxConnections: 1, loops: 1);
        Listener listener = harness.Start(_lane);
        Connect(listener);
        await _lane.NextAsync();
        for (int i = 0; i < 20; i++)
        {
            Connect(listener);
        }

        await harness.SettleAsync();
        long turns = harness.Loops.Loops[0].Turns;
        await harness.SettleAsync();

        Assert.InRange(harness.Loops.Loops[0].Turns - turns, 0, 10);
    }

    [Fact]
    public async Task Own_quota_holds_one_listener_up_and_not_the_other()
    {
        TransportHarness harness = Open();
        var otherLane = new HoldLane();
        Listener small = harness.Start(_lane, maxConnections: 1);
        Listener other = harness.Start(otherLane);
        Socket first = Connect(small);
        Connect(small);
        Connect(other);
        Connect(other);

        await _lane.NextAsync();
        await otherLane.NextAsync(2);
        await harness.SettleAsync();
        Assert.False(_lane.HasMore);
        first.Dispose();
        await _lane.NextAsync();
    }

    [Fact]
    public async Task Higher_limits_resume_a_paused_listener()
    {
        TransportHarness harness = Open(maxConnections: 0);
        Listener listener = harness.Start(_lane);
        Connect(listener);
        await harness.SettleAsync();
        Assert.False(_lane.HasMore);

        harness.Gate.Resize(1, 1);

        await _lane.NextAsync();
    }

    [Fact]
    public async Task Every_queued_connection_is_served_in_the_end_by_few_places()
    {
        const int Clients = 300;
        TransportHarness harness = Open(loops: 2, maxConnections: 3);
        Listener[] listeners = [harness.Start(_lane), harness.Start(_lane)];
        var clients = new Dictionary<(EndPoint, EndPoint), Socket>(); // one port may serve towards both listeners
        for (int i = 0; i < Clients; i++)
        {
            Socket client = Connect(listeners[i % 2]);
            clients.Add((client.RemoteEndPoint!, client.LocalEndPoint!), client);
        }

        for (int i = 0; i < Clients; i++)
        {
            HeldConnection served = await _lane.NextAsync();
            clients[(served.Listener.EndPoint, served.Remote!)].Dispose();
            await served.Closed;
        }

        Assert.Equal((0, 0), (harness.Gate.Connections, harness.Gate.Descriptors));
        Assert.All(harness.Loops.Loops, loop => Assert.Equal(0, loop.Connections));
    }

    [Fact]
    public async Task Full_gate_that_rejects_resets_and_accepts_again_later()
    {
        TransportHarness harness = Open(maxConnections: 1);
        Listener listener = harness.Start(_lane, WhenFull.Reject);
        Socket first = Connect(listener);
        HeldConnection held = await _lane.NextAsync();

        AssertReset(Connect(listener));

        Assert.Equal(1, listener.Stats.Sum(cell => cell.Rejected(RejectReason.Limit)));
        first.Dispose();
        await held.Closed;
        Connect(listener);
        await _lane.NextAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public async Task Refusal_is_delivered_whole(int requestBytes)
    {
        byte[] refusal = Encoding.ASCII.GetBytes("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n");
        var lane = new HoldLane { RefusalBytes = refusal };
        TransportHarness harness = Open(maxConnections: 0);
        Listener listener = harness.Bind(WhenFull.Reject);
        Socket client = Connect(listener);
        client.Send(new byte[requestBytes]); // before it is accepted: it must not turn the close into a reset
        listener.Serve(lane);

        var answer = new MemoryStream();
        await new NetworkStream(client).CopyToAsync(answer, TransportHarness.Cancel);

        Assert.Equal(refusal, answer.ToArray());
    }

    [Fact]
    public async Task Connection_that_its_lane_closed_at_once_weighed_on_its_loop_for_ever()
    {
        TransportHarness harness = Open(loops: 1);
        Listener listener = harness.Start(new HoldLane { Unwilling = true });

        AssertReset(Connect(listener));
        await harness.SettleAsync();

        Assert.Equal(0, harness.Loops.Loops[0].Connections);
        Assert.Equal(1, harness.Loops.Loops[0].Slots.Count); // the listener's
        Assert.Equal(0, harness.Gate.Connections);
    }

    [Fact]
    public async Task Stop_closes_the_listener_and_leaves_its_connections()
    {
        TransportHarness harness = Open();
        Listener listener = harness.Start(_lane);
        Socket client = Connect(listener);
        HeldConnection held = await _lane.NextAsync();

        await listener.StopAsync().WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        await listener.StopAsync().WaitAsync(TestTime.Limit, TransportHarness.Cancel);

        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var refused = Assert.Throws<SocketException>(() => late.Connect(listener.EndPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.False(held.IsClosed);
        client.Dispose();
        await held.Closed;
        Assert.Equal(CloseReason.Client, held.Reason);
    }

    [Fact]
    public async Task Paused_listener_can_be_stopped_and_does_not_come_back_with_a_lease()
    {
        TransportHarness harness = Open(maxConnections: 1);
        Listener listener = harness.Start(_lane);
        Socket first = Connect(listener);
        HeldConnection held = await _lane.NextAsync();
        Connect(listener);
        await harness.SettleAsync();

        await listener.StopAsync().WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        first.Dispose();
        await held.Closed;
        await harness.SettleAsync();

        Assert.False(_lane.HasMore);
        Assert.Equal(0, harness.Gate.Connections);
    }

    [Fact]
    public async Task Listener_that_was_never_started_can_be_stopped()
    {
        TransportHarness harness = Open();
        Listener listener = harness.Bind();

        await listener.StopAsync().WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        listener.Serve(_lane);
        await harness.SettleAsync();

        Assert.True(listener.IsClosed);
        Assert.All(harness.Loops.Loops, loop => Assert.Equal(0, loop.Slots.Count));
    }

    [Fact]
    public async Task Socket_that_no_longer_listens_made_the_loop_spin()
    {
        TransportHarness harness = Open(loops: 1);
        Listener listener = harness.Start(_lane);
        await harness.SettleAsync();
        const int Reading = 0; // SHUT_RD, as another owner of an inherited listener might do
        Assert.Equal(0, Libc.shutdown(NumberOf(listener), Reading));

        await TransportHarness.UntilAsync(() => harness.Metrics.Shortages >= 1);
        long turns = harness.Loops.Loops[0].Turns;
        long shortages = harness.Metrics.Shortages;
        await TransportHarness.UntilAsync(() => harness.Metrics.Shortages >= shortages + 3);

        Assert.InRange(harness.Loops.Loops[0].Turns - turns, 1, 60);
        Assert.Contains(harness.Log.Lines, line => line.Contains("test cannot accept", StringComparison.Ordinal));
    }

    [Fact]
    public void Address_in_use_is_told_and_nothing_stays_open()
    {
        TransportHarness harness = Open();
        Listener listener = harness.Bind();

        var failure = Assert.Throws<SysException>(() => Listener.Bind(
            new ListenerOptions { Name = "second", Protocol = "tcp", EndPoint = listener.EndPoint }, harness.Services));

        Assert.Equal(Errno.EADDRINUSE, failure.Error);
        Assert.Equal([listener], harness.Metrics.Listeners);
    }

    [Fact]
    public async Task Connections_are_listed_and_killed_by_id()
    {
        TransportHarness harness = Open(loops: 2);
        Listener listener = harness.Start(_lane);
        Socket[] clients = [Connect(listener), Connect(listener), Connect(listener)];
        clients[0].Send(new byte[10]);
        HeldConnection[] held = await _lane.NextAsync(3);
        var table = new ConnectionTable(harness.Loops);

        IReadOnlyList<ConnectionSnapshot> listed = await table.ListAsync().WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        Assert.Equal(held.Select(each => each.Id).Order(), listed.Select(each => each.Id).Order());
        Assert.All(listed, each => Assert.Equal(("test", "tcp", "held"), (each.Listener, each.Protocol, each.State)));

        HeldConnection victim = held[1];
        Assert.True(await table.KillAsync(victim.Id));
        Assert.False(await table.KillAsync(victim.Id));
        await victim.Closed;
        Assert.Equal(CloseReason.Killed, victim.Reason);
        AssertReset(clients.Single(client => client.LocalEndPoint!.Equals(victim.Remote)));
        Assert.Equal(2, await table.AbortAllAsync(CloseReason.Drain));
        Assert.Equal(2, listener.Stats.Sum(cell => cell.Closed(CloseReason.Drain)));
    }

    private TransportHarness Open(int loops = 2, long maxConnections = 10_000) =>
        _harness = new TransportHarness(_kind, loops, maxConnections);

    private Socket Connect(Listener listener)
    {
        Socket client = TransportHarness.Connect(listener);
        _clients.Add(client);
        return client;
    }

    private static void AssertReset(Socket client)
    {
        client.ReceiveTimeout = TestTime.LimitMilliseconds;
        var failure = Assert.Throws<SocketException>(() => client.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    /// <summary>The number of a listener's descriptor, found by its address.</summary>
    private static int NumberOf(Listener listener) => Enumerable.Range(0, 10_000)
        .First(number => listener.EndPoint.Equals(SocketFactory.LocalAddress(new Descriptor(number))));
}
