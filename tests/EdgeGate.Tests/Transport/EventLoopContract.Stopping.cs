using EdgeGate.Tests.Sockets;

namespace EdgeGate.Tests.Transport;

/// <content>The end of a loop.</content>
public abstract partial class EventLoopContract
{
    [Fact]
    public async Task Stop_resets_every_socket_once()
    {
        LoopbackPair[] pairs = [.. Enumerable.Range(0, 50).Select(_ => new LoopbackPair())];
        TestSocket[] sockets = [.. pairs.Select(pair => new TestSocket(pair.Near))];
        await TransportHarness.OnLoopAsync(_loop, () => Array.ForEach(sockets, socket => socket.Attach(_loop)));

        await _harness.Loops.DisposeAsync();

        Assert.All(sockets, socket => Assert.Equal(1, socket.Closings));
        Assert.All(pairs, pair => AssertReset(pair.Peer));
        Array.ForEach(pairs, pair => pair.Dispose());
    }

    [Fact]
    public async Task Work_posted_before_the_end_was_dropped_beyond_one_turn_s_share()
    {
        int ran = 0;
        using (Block(_loop))
        {
            _ = _loop.StopAsync();
            for (int i = 0; i < 5_000; i++)
            {
                _loop.Post(_ => ran++, null);
            }
        }

        await _loop.StopAsync().WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        Assert.Equal(5_000, ran);
    }

    [Fact]
    public async Task Socket_handed_over_by_a_loop_that_stops_later_was_never_closed()
    {
        using var pair = new LoopbackPair();
        var socket = new TestSocket(pair.Near);
        Task stopped;
        using (Block(_other))
        {
            _other.Post(_ => _loop.Post(_ => socket.Attach(_loop), null), null);
            stopped = _harness.Loops.DisposeAsync().AsTask();

            // The first loop has closed its sockets by now; the second still has one to hand over.
            await TransportHarness.UntilAsync(() => _loop.Turns > 0);
        }

        await stopped.WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        Assert.Equal(1, socket.Closings);
        AssertReset(pair.Peer);
    }

    [Fact]
    public async Task Stopping_twice_and_posting_afterwards_is_harmless()
    {
        await _harness.Loops.DisposeAsync();
        await _harness.Loops.DisposeAsync().AsTask().WaitAsync(TestTime.Limit, TransportHarness.Cancel);

        for (int i = 0; i < 100; i++)
        {
            _loop.Post(_ => Assert.Fail("ran after the end"), null);
        }
    }
}
