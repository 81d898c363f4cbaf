using System.Diagnostics;

namespace EdgeGate.Benchmarks.Comparison;

/// <summary>
/// Whether what a proxy is measured with holds it up: the upstream has one loop, so it is at its end where it takes all
/// of a processor.
/// </summary>
internal sealed class LoadWatch(int upstreamProcessId)
{
    /// <summary>The largest share of one processor that the upstream took while something was watched.</summary>
    internal double UpstreamBusiest { get; private set; }

    /// <summary>Does it and watches.</summary>
    internal double[] Watch(Func<double[]> measure)
    {
        ProcessUsage before = ProcessUsage.Of(upstreamProcessId);
        long began = Stopwatch.GetTimestamp();
        double[] values = measure();
        double used = (ProcessUsage.Of(upstreamProcessId) - before).Seconds;
        UpstreamBusiest = Math.Max(UpstreamBusiest, used / Stopwatch.GetElapsedTime(began).TotalSeconds);
        return values;
    }
}
