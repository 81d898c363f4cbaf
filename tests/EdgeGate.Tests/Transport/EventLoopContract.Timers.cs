using EdgeGate.Tests.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

/// <content>Timers.</content>
public abstract partial class EventLoopContract
{
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

    private sealed class TestTimer : LoopTimer
    {
        private readonly TaskCompletionSource<long> _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<long> Fired => _fired.Task;

        protected internal override void OnTimer() => _fired.TrySetResult(Environment.TickCount64);
    }
}
