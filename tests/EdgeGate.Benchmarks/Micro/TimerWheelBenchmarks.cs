using BenchmarkDotNet.Attributes;
using EdgeGate.Transport;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>The timer wheel among as many armed timers as a busy loop has.</summary>
[MemoryDiagnoser]
public class TimerWheelBenchmarks
{
    private const int Others = 10_000;
    private const long Hour = 3600 * 1000;

    private readonly TimerWheel _wheel = new(0);
    private readonly IdleTimer _timer = new();
    private long _now;

    [GlobalSetup]
    public void ArmTheOthers()
    {
        for (int i = 1; i <= Others; i++)
        {
            _wheel.Arm(new IdleTimer(), Hour * i); // in the far future: none is due while this runs
        }
    }

    [Benchmark]
    public void Arm_and_disarm()
    {
        _wheel.Arm(_timer, _now + 5000);
        _wheel.Disarm(_timer);
    }

    [Benchmark]
    public void Rearm() => _wheel.Arm(_timer, _now + 5000);

    [Benchmark]
    public void Arm_and_fire()
    {
        _wheel.Arm(_timer, _now + TimerWheel.TickMilliseconds);
        _now += 2 * TimerWheel.TickMilliseconds;
        _wheel.Advance(_now);
    }

    [Benchmark]
    public int Ask_for_the_next() => _wheel.MillisecondsToNext(_now);
}
