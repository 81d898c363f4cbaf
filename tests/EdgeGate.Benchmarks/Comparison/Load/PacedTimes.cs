using System.Diagnostics;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>Each single time, so that a percentile is exact. One thread adds answers, another what was late.</summary>
/// <param name="count">How many requests there will be.</param>
internal sealed class PacedTimes(int count)
{
    private readonly long[] _answers = new long[count];
    private readonly long[] _lateness = new long[count];
    private int _late;

    /// <summary>How many requests there are.</summary>
    internal int Count => count;

    /// <summary>How many are answered.</summary>
    internal int Answered { get; private set; }

    internal void AddAnswer(long ticks) => _answers[Answered++] = ticks;

    /// <summary>How much later than due the generator itself sent a request that had not to wait for another.</summary>
    internal void AddLateness(long ticks) => _lateness[_late++] = ticks;

    /// <summary>The time in microseconds in which this share of the requests was answered.</summary>
    internal double Percentile(double share) => Percentile(_answers.AsSpan(0, Answered), share);

    /// <summary>The lateness in microseconds that this share of the requests had at most.</summary>
    internal double LatenessPercentile(double share) => Percentile(_lateness.AsSpan(0, _late), share);

    private static double Percentile(Span<long> ticks, double share)
    {
        ticks.Sort();
        int rank = Math.Clamp((int)Math.Ceiling(share * ticks.Length) - 1, 0, ticks.Length - 1);
        return ticks[rank] * 1e6 / Stopwatch.Frequency;
    }
}
