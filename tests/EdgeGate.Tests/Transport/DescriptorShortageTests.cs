using System.Net;
using System.Net.Sockets;
using EdgeGate.Native;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Tests.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

/// <summary>
/// EMFILE: no spin, no connection lost, and recovery. Run by <see cref="DescriptorShortageProcessTests"/> in a process
/// of their own.
/// </summary>
public sealed class DescriptorShortageTests : IAsyncLifetime
{
    private readonly HoldLane _lane = new();
    private readonly TransportHarness _harness;
    private readonly EventLoop _loop;
    private readonly Socket[] _clients;

    public DescriptorShortageTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the table is filled with Linux's means");
        _harness = new TransportHarness(PollerKind.Auto, loops: 1);
        _loop = _harness.Loops.Loops[0];

        // A connect needs no descriptor more.
        _clients = [.. Enumerable.Range(0, 12).Select(_ =>
            new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))];
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(_clients, client => client.Dispose());
        await _harness.DisposeAsync();
    }

    [Fact(Explicit = true)]
    public async Task Shortage_pauses_without_a_spin_keeps_the_queue_and_is_logged()
    {
        Listener listener = _harness.Start(_lane);
        await _harness.SettleAsync();
        using var squeeze = new DescriptorSqueeze();
        Array.ForEach(_clients, client => client.Connect(listener.EndPoint));

        await AssertNoSpinAsync();
        Assert.Equal(1, _harness.Gate.Connections); // the lease that is kept for the next attempt
        Assert.False(_lane.HasMore);
        Assert.Contains(_harness.Log.Lines, line => line.Contains("Too many open files", StringComparison.Ordinal));

        squeeze.Free(_clients.Length + 1);
        await _lane.NextAsync(_clients.Length);
        Assert.Equal(_clients.Length, _harness.Gate.Connections);
    }

    [Fact(Explicit = true)]
    public async Task Shortage_was_never_logged() // the clock less the "never" of the last line overflowed
    {
        Listener listener = _harness.Start(_lane);
        await _harness.SettleAsync();
        using var squeeze = new DescriptorSqueeze();
        _clients[0].Connect(listener.EndPoint);

        await TransportHarness.UntilAsync(() => _harness.Metrics.Shortages >= 4);

        Assert.Single(_harness.Log.Lines); // four times a tenth of a second: one line
    }

    [Fact(Explicit = true)]
    public async Task Two_listeners_short_of_descriptors_woke_each_other_for_ever()
    {
        Listener[] listeners = [_harness.Start(_lane), _harness.Start(_lane), _harness.Start(_lane)];
        await _harness.SettleAsync();
        using var squeeze = new DescriptorSqueeze();
        for (int i = 0; i < _clients.Length; i++)
        {
            _clients[i].Connect(listeners[i % listeners.Length].EndPoint);
        }

        await AssertNoSpinAsync();

        squeeze.Free(_clients.Length + 1);
        await _lane.NextAsync(_clients.Length);
    }

    [Fact(Explicit = true)]
    public async Task Rejecting_listener_refuses_by_its_reserve_again_and_again()
    {
        Listener listener = _harness.Start(_lane, WhenFull.Reject);
        await _harness.SettleAsync();
        using var squeeze = new DescriptorSqueeze();
        foreach (Socket client in _clients)
        {
            client.Connect(listener.EndPoint);
            AssertReset(client);
        }

        Assert.Equal(_clients.Length, listener.Stats.Sum(cell => cell.Rejected(RejectReason.Descriptors)));

        // At most the lease that is kept for the next attempt: without a descriptor, accept(2) does not even look.
        Assert.InRange(_harness.Gate.Connections, 0, 1);
    }

    [Fact(Explicit = true)]
    public async Task Reserve_that_somebody_else_took_never_came_back()
    {
        Listener listener = _harness.Start(_lane, WhenFull.Reject);
        await _harness.SettleAsync();
        SocketError first, second;
        using (var squeeze = new DescriptorSqueeze())
        {
            _lane.Refusing = squeeze.Tighten; // while the reserve is given up: it cannot be opened again
            _clients[0].Connect(listener.EndPoint);
            first = WaitForEnd(_clients[0]);
            await _harness.SettleAsync();
            _lane.Refusing = null;
            squeeze.Loosen();

            // One place is free, and the reserve's it is: not the next connection's.
            _clients[1].Connect(listener.EndPoint);
            second = WaitForEnd(_clients[1]);
        }

        Assert.Equal((SocketError.ConnectionReset, SocketError.ConnectionReset), (first, second));
        Assert.False(_lane.HasMore);
    }

    [Fact(Explicit = true)]
    public void Bind_that_found_no_reserve_left_its_socket_listening()
    {
        using OwnedDescriptor taken = SocketFactory.Listen(new IPEndPoint(IPAddress.Loopback, 0), 1);
        var options = new ListenerOptions
        {
            Name = "test",
            Protocol = "tcp",
            EndPoint = SocketFactory.LocalAddress(taken.Descriptor)!,
        };
        taken.Dispose();
        using (var squeeze = new DescriptorSqueeze())
        {
            squeeze.Free(1);
            var failure = Assert.Throws<SysException>(() => Listener.Bind(options, _harness.Services));
            Assert.Equal(Errno.EMFILE, failure.Error);
        }

        var refused = Assert.Throws<SocketException>(() => _clients[0].Connect(options.EndPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    /// <summary>Over some pauses of a tenth of a second the loop makes a few turns, not thousands.</summary>
    private async Task AssertNoSpinAsync()
    {
        await TransportHarness.UntilAsync(() => _harness.Metrics.Shortages >= 3);
        long turns = _loop.Turns;
        long shortages = _harness.Metrics.Shortages;
        await TransportHarness.UntilAsync(() => _harness.Metrics.Shortages >= shortages + 6);
        Assert.InRange(_loop.Turns - turns, 1, 100);
    }

    private static void AssertReset(Socket client)
    {
        Assert.Equal(SocketError.ConnectionReset, WaitForEnd(client));
    }

    /// <summary>How a connection ends, without an exception: one cannot even be described without a descriptor.</summary>
    private static SocketError WaitForEnd(Socket client)
    {
        client.ReceiveTimeout = TestTime.LimitMilliseconds / 4;
        client.Receive(new byte[1], 0, 1, SocketFlags.None, out SocketError end);
        return end;
    }
}
