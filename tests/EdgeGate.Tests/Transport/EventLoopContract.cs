using System.Diagnostics;
using System.Net.Sockets;
using EdgeGate.Native.Polling;
using EdgeGate.Tests.Polling;
using EdgeGate.Tests.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

/// <summary>What an event loop promises, on each poller.</summary>
public abstract partial class EventLoopContract : IAsyncLifetime
{
    private readonly TransportHarness _harness;
    private readonly EventLoop _loop;
    private readonly EventLoop _other;

    protected EventLoopContract(PollerKind kind)
    {
        Pollers.SkipUnlessAvailable(kind);
        _harness = new TransportHarness(kind, loops: 2);
        _loop = _harness.Loops.Loops[0];
        _other = _harness.Loops.Loops[1];
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _harness.DisposeAsync();
    }

    [Fact]
    public async Task Post_from_many_threads_is_never_lost()
    {
        const int Threads = 6, Each = 50_000;
        int ran = 0;
        bool elsewhere = false;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Run(object? state)
        {
            elsewhere |= !_loop.IsCurrent;
            if (++ran == Threads * Each)
            {
                all.SetResult();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(
            () =>
            {
                for (int i = 0; i < Each; i++)
                {
                    _loop.Post(Run, null);
                }
            },
            TransportHarness.Cancel)));

        await all.Task.WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        Assert.False(elsewhere);
    }

    [Fact]
    public void Post_to_a_loop_that_falls_asleep_is_never_lost()
    {
        // One at a time, so that nearly each finds the loop about to sleep or asleep.
        var ran = new SemaphoreSlim(0);
        for (int i = 0; i < 20_000; i++)
        {
            _loop.Post(static state => ((SemaphoreSlim)state!).Release(), ran);
            Assert.True(ran.Wait(TestTime.Limit, TransportHarness.Cancel), $"work {i} was lost");
        }
    }

    [Fact]
    public async Task Loops_that_post_to_each_other_never_stall()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int left = 40_000;
        void Bounce(object? state)
        {
            if (--left == 0)
            {
                done.SetResult();
            }
            else
            {
                (_loop.IsCurrent ? _other : _loop).Post(Bounce, null);
            }
        }

        _loop.Post(Bounce, null);

        await done.Task.WaitAsync(TestTime.Limit, TransportHarness.Cancel);
    }

    [Fact]
    public async Task Posts_of_one_thread_run_in_order()
    {
        var order = new List<int>();
        for (int i = 0; i < 5_000; i++)
        {
            int number = i;
            _loop.Post(_ => order.Add(number), null);
        }

        await TransportHarness.OnLoopAsync(_loop, static () => { });
        Assert.Equal(Enumerable.Range(0, 5_000), order);
    }

    [Fact]
    public async Task Deferred_work_runs_in_order_and_what_it_defers_a_turn_later()
    {
        var order = new List<string>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long firstTurn = 0, secondTurn = 0;
        _loop.Post(
            _ =>
            {
                _loop.Defer(
                    _ =>
                    {
                        order.Add("first");
                        firstTurn = _loop.Turns;
                        _loop.Defer(
                            _ =>
                            {
                                order.Add("of the first");
                                secondTurn = _loop.Turns;
                                done.SetResult();
                            },
                            null);
                    },
                    null);
                _loop.Defer(_ => order.Add("second"), null);
                order.Add("posted");
            },
            null);

        await done.Task.WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        Assert.Equal(["posted", "first", "second", "of the first"], order);
        Assert.Equal(firstTurn + 1, secondTurn);
    }

    [Fact]
    public async Task Posted_work_without_end_does_not_starve_sockets_and_timers()
    {
        using var pair = new LoopbackPair();
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var socket = new TestSocket(pair.Near) { Readable = (_, _) => read.TrySetResult() };
        var timer = new TestTimer();
        bool enough = false;
        void Again(object? state)
        {
            if (!Volatile.Read(ref enough))
            {
                _loop.Post(Again, null);
            }
        }

        await TransportHarness.OnLoopAsync(_loop, () =>
        {
            socket.Attach(_loop);
            _loop.Arm(timer, TimeSpan.FromMilliseconds(20));
            Again(null);
            _loop.Defer(_ => Again(null), null);
        });
        pair.Peer.Send([1]);

        await read.Task.WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        await timer.Fired.WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        Volatile.Write(ref enough, true);
    }

    [Fact]
    public async Task Idle_loop_sleeps()
    {
        await _harness.SettleAsync();
        long before = _loop.Turns;
        var timer = new TestTimer();
        await TransportHarness.OnLoopAsync(_loop, () => _loop.Arm(timer, TimeSpan.FromMilliseconds(200)));
        await timer.Fired.WaitAsync(TestTime.Limit, TransportHarness.Cancel);

        Assert.InRange(_loop.Turns - before, 1, 30);
    }

    [Fact]
    public async Task Report_for_a_socket_that_closed_earlier_in_the_batch_is_dropped_and_reaches_nobody_else()
    {
        using var first = new LoopbackPair();
        using var second = new LoopbackPair();
        using var third = new LoopbackPair();
        var sockets = new[] { new TestSocket(first.Near), new TestSocket(second.Near) };
        var next = new TestSocket(third.Near);
        var reacted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (TestSocket socket in sockets)
        {
            // Whichever is reported first closes the other and puts a third into its slot.
            socket.Readable = (self, _) =>
            {
                if (reacted.Task.IsCompleted)
                {
                    return; // reported twice, which is allowed: the byte was not read
                }

                sockets.Single(each => each != self).CloseNow(reset: false);
                next.Attach(_loop);
                reacted.SetResult();
            };
        }

        await TransportHarness.OnLoopAsync(_loop, () => Array.ForEach(sockets, socket => socket.Attach(_loop)));
        await _harness.SettleAsync();
        long stale = _loop.StaleReports;
        using (Block(_loop))
        {
            first.Peer.Send([1]);
            second.Peer.Send([1]);
        }

        await reacted.Task.WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        await _harness.SettleAsync();
        Assert.Single(sockets, socket => socket.Readables > 0);
        Assert.Equal(0, next.Readables);
        Assert.True(_loop.StaleReports > stale);
        Assert.Equal(2, _loop.Slots.Count);
    }

    [Fact]
    public async Task Number_used_again_in_the_same_turn_is_reported_to_its_new_owner()
    {
        var echoes = new SemaphoreSlim(0);
        for (int i = 0; i < 200; i++)
        {
            using var pair = new LoopbackPair();
            var socket = new TestSocket(pair.Near) { Readable = (_, _) => echoes.Release() };
            await TransportHarness.OnLoopAsync(_loop, () => socket.Attach(_loop));
            pair.Peer.Send([1]);
            Assert.True(await echoes.WaitAsync(TestTime.Limit, TransportHarness.Cancel), $"connection {i} was not reported");
            await TransportHarness.OnLoopAsync(_loop, () => socket.CloseNow(reset: false));
        }

        Assert.Equal(0, _loop.Slots.Count);
    }

    [Fact]
    public async Task Socket_closed_on_its_way_to_the_loop_kept_its_slot_for_ever()
    {
        using var pair = new LoopbackPair();
        var socket = new TestSocket(pair.Near);
        socket.CloseNow(reset: false);

        await TransportHarness.OnLoopAsync(_loop, () => socket.Attach(_loop));

        Assert.Equal(0, _loop.Slots.Count);
        Assert.Equal(1, socket.Closings);
    }

    [Fact]
    public async Task Busy_time_counts_work_and_not_waiting()
    {
        TimeSpan before = _loop.BusyTime;
        await TransportHarness.OnLoopAsync(_loop, () =>
        {
            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromMilliseconds(20))
            {
                Thread.SpinWait(100);
            }
        });
        await _harness.SettleAsync();

        Assert.True(_loop.BusyTime - before >= TimeSpan.FromMilliseconds(20));
    }

    private static void AssertReset(Socket peer)
    {
        peer.ReceiveTimeout = TestTime.LimitMilliseconds;
        var failure = Assert.Throws<SocketException>(() => peer.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    /// <summary>Holds a loop up until disposed, so that what happens meanwhile comes in one batch.</summary>
    private static Hold Block(EventLoop loop) => new(loop);

    private sealed class Hold : IDisposable
    {
        private readonly ManualResetEventSlim _release = new();

        internal Hold(EventLoop loop)
        {
            using var held = new ManualResetEventSlim();
            loop.Post(
                _ =>
                {
                    held.Set();
                    _release.Wait(TestTime.Limit);
                },
                null);
            Assert.True(held.Wait(TestTime.Limit));
        }

        public void Dispose() => _release.Set();
    }
}
