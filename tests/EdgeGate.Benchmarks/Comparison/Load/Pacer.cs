using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeGate.Native.Interop;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>Sleeps until a moment, to some ten microseconds: what .NET has sleeps whole milliseconds.</summary>
internal static class Pacer
{
    private const int ClockMonotonic = 1;
    private const int Absolute = 1; // TIMER_ABSTIME
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Has the calling thread woken as its time comes, not up to 50 µs later: prctl(2).</summary>
    internal static void Sharpen() => _ = prctl(SetTimerSlack, 1, 0, 0, 0);

    /// <summary>Sleeps until a time of <see cref="Stopwatch"/>, which on Linux is CLOCK_MONOTONIC in nanoseconds.</summary>
    internal static void SleepUntil(long timestamp)
    {
        Debug.Assert(Stopwatch.Frequency == NanosecondsPerSecond, "another clock");
        var time = new TimeSpec { Seconds = timestamp / NanosecondsPerSecond, Nanoseconds = timestamp % NanosecondsPerSecond };
        while (Stopwatch.GetTimestamp() < timestamp)
        {
            _ = clock_nanosleep(ClockMonotonic, Absolute, in time, 0);
        }
    }

    [DllImport("libc")]
    private static extern int clock_nanosleep(int clock, int flags, in TimeSpec until, nint remaining);

    [DllImport("libc")]
    private static extern int prctl(int option, nuint value, nuint unused1, nuint unused2, nuint unused3);
}
