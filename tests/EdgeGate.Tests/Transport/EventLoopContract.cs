using System.Diagnostics;
using System.Net.Sockets;
using EdgeGate.Native.Polling;
using EdgeGate.Tests.Polling;
using EdgeGate.Tests.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

/// <summary>What an event loop promises, on each poller.</summary>
public abstract class EventLoopContract : IAsyncLifetime
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

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Timer_fires_and_never_early(int milliseconds)
    {
        var timer = new TestTimer();
        long armed = await TransportHarness.OnLoopAsync(_loop, () =>
        {
            _loop.Arm(timer, TimeSpan.FromMilliseconds(milliseconds));
            return _loop.Now;
        });

        long fired = await timer.Fired.WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        Assert.True(fired - armed >= milliseconds, $"armed at {armed}, fired at {fired}");
        Assert.False(timer.IsArmed);
    }

    [Fact]
    public async Task Fraction_of_a_millisecond_was_cut_off_so_that_a_timer_fired_early()
    {
        // On a tick's edge the cut fraction would have been a whole tick: 16.5 ms fired at 16.
        bool early = await TransportHarness.OnLoopAsync(_loop, () =>
        {
            var timer = new TestTimer();
            long delay = TimerWheel.TickMilliseconds - (_loop.Now % TimerWheel.TickMilliseconds);
            _loop.Arm(timer, TimeSpan.FromMilliseconds(delay));
            long onEdge = timer.DueTick;
            _loop.Arm(timer, TimeSpan.FromMilliseconds(delay + 0.5));
            long afterEdge = timer.DueTick;
            _loop.Disarm(timer);
            return afterEdge <= onEdge;
        });

        Assert.False(early);
    }

    [Fact]
    public async Task Disarmed_timer_does_not_fire()
    {
        var disarmed = new TestTimer();
        var later = new TestTimer();
        await TransportHarness.OnLoopAsync(_loop, () =>
        {
            _loop.Arm(disarmed, TimeSpan.FromMilliseconds(10));
            _loop.Arm(later, TimeSpan.FromMilliseconds(60));
            _loop.Disarm(disarmed);
        });

        await later.Fired.WaitAsync(TestTime.Limit, TransportHarness.Cancel);
        Assert.False(disarmed.Fired.IsCompleted);
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

    private sealed class TestTimer : LoopTimer
    {
        private readonly TaskCompletionSource<long> _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<long> Fired => _fired.Task;

        protected internal override void OnTimer() => _fired.TrySetResult(Environment.TickCount64);
    }
}
