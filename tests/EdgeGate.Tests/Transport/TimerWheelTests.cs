using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

public sealed class TimerWheelTests
{
    private const int Tick = TimerWheel.TickMilliseconds;
    private const long Day = 24L * 3600 * 1000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20260)]
    public void Wheel_does_what_a_list_would_do(int seed)
    {
        var random = new Random(seed);
        long now = random.NextInt64(1L << 40);
        var wheel = new TimerWheel(now);
        Timer[] timers = [.. Enumerable.Range(0, 200).Select(_ => new Timer(() => now))];
        for (int step = 0; step < 20_000; step++)
        {
            Timer timer = timers[random.Next(timers.Length)];
            if (random.Next(4) == 0)
            {
                wheel.Disarm(timer);
                timer.Due = null;
            }
            else
            {
                timer.Due = now + Delay(random);
                timer.ArmedAt = now;
                wheel.Arm(timer, timer.Due.Value);
            }

            AssertDoesNotOversleep(wheel, timers, now);
            now += Step(random);
            wheel.Advance(now);
            Assert.All(timers, each => AssertNotForgotten(each, now));
            Assert.NotEqual(0, wheel.MillisecondsToNext(now));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1024)]
    [InlineData(65_536)]
    [InlineData(4_194_304)]
    [InlineData(3 * Day)]
    [InlineData(10 * Day)]
    [InlineData(400 * Day)]
    public void Sleeping_as_long_as_it_says_fires_in_time_with_few_wake_ups(long delay)
    {
        const long Start = 123_456_789;
        long now = Start;
        var wheel = new TimerWheel(now);
        var timer = new Timer(() => now) { Due = Start + delay };
        wheel.Arm(timer, Start + delay);

        int turns = 0;
        while (timer.IsArmed)
        {
            int sleep = wheel.MillisecondsToNext(now);
            Assert.InRange(sleep, 0, int.MaxValue);
            now += sleep;
            wheel.Advance(now);
            turns++;
        }

        Assert.InRange(now, Start + delay, Start + delay + Tick);
        Assert.InRange(turns, 1, 10 + (int)(delay / Day));
        Assert.Equal(-1, wheel.MillisecondsToNext(now));
    }

    [Fact]
    public void Timer_can_be_armed_again_when_it_fires()
    {
        long now = 1000;
        var wheel = new TimerWheel(now);
        Timer? timer = null;
        int fired = 0;
        timer = new Timer(() => now, () =>
        {
            fired++;
            wheel.Arm(timer!, now); // due at once: the next tick's, or advancing would never end
        });
        wheel.Arm(timer, now);

        for (int turn = 1; turn <= 5; turn++)
        {
            now += Tick;
            wheel.Advance(now);
            Assert.Equal(turn, fired);
        }
    }

    [Fact]
    public void Huge_jump_fires_all_and_ends()
    {
        long now = 5;
        var wheel = new TimerWheel(now);
        Timer[] timers = [.. Enumerable.Range(0, 64).Select(_ => new Timer(() => now))];
        for (int i = 0; i < timers.Length; i++)
        {
            timers[i].Due = 1L << (i % 35);
            wheel.Arm(timers[i], timers[i].Due!.Value);
        }

        now = 1000 * 365 * Day;
        wheel.Advance(now);

        Assert.All(timers, timer => Assert.False(timer.IsArmed));
        var late = new Timer(() => now) { Due = now + 100 };
        wheel.Arm(late, now + 100);
        Assert.InRange(wheel.MillisecondsToNext(now), 1, 100 + Tick);
    }

    [Fact]
    public void Time_that_goes_back_fires_nothing()
    {
        long now = 10_000;
        var wheel = new TimerWheel(now);
        var timer = new Timer(() => now) { Due = 10_100 };
        wheel.Arm(timer, 10_100);

        now = 9_000;
        wheel.Advance(now);

        Assert.True(timer.IsArmed);
        now = 10_200;
        wheel.Advance(now);
        Assert.False(timer.IsArmed);
    }

    [Fact]
    public void Timer_may_disarm_the_others_of_its_bucket()
    {
        long now = 0;
        var wheel = new TimerWheel(now);
        int fired = 0;
        var timers = new List<Timer>();
        for (int i = 0; i < 3; i++)
        {
            timers.Add(new Timer(() => now, () =>
            {
                fired++;
                timers.ForEach(wheel.Disarm);
            }));
        }

        timers.ForEach(timer => wheel.Arm(timer, 50));
        now = 100;
        wheel.Advance(now);

        Assert.Equal(1, fired);
        Assert.All(timers, timer => Assert.False(timer.IsArmed));
    }

    private static long Delay(Random random) => random.Next(8) switch
    {
        0 => random.Next(3) - 1,
        < 4 => random.Next(2_000),
        4 => random.Next(200_000),
        5 => random.Next(20_000_000),
        6 => random.NextInt64(3 * Day),
        _ => random.NextInt64(30 * Day),
    };

    private static long Step(Random random) => random.Next(1000) switch
    {
        0 => random.NextInt64(5 * Day),
        < 10 => random.Next(10_000_000),
        < 100 => random.Next(10_000),
        _ => random.Next(40),
    };

    private static void AssertNotForgotten(Timer timer, long now)
    {
        Assert.Equal(timer.Due is not null, timer.IsArmed);
        if (timer.Due is { } due)
        {
            Assert.True(Math.Max(due, timer.ArmedAt) + Tick > now, $"due at {due}, not fired at {now}");
        }
    }

    private static void AssertDoesNotOversleep(TimerWheel wheel, Timer[] timers, long now)
    {
        int sleep = wheel.MillisecondsToNext(now);
        long? first = timers.Min(timer => timer.Due);
        if (first is null)
        {
            Assert.Equal(-1, sleep);
        }
        else
        {
            Assert.InRange(now + sleep, now, Math.Max(now, first.Value) + Tick);
        }
    }

    private sealed class Timer(Func<long> now, Action? onTimer = null) : LoopTimer
    {
        internal long? Due { get; set; }

        internal long ArmedAt { get; set; }

        protected internal override void OnTimer()
        {
            Assert.False(IsArmed);
            Assert.True(Due is null || now() >= Due, $"due at {Due}, fired at {now()}");
            Due = null;
            onTimer?.Invoke();
        }
    }
}
