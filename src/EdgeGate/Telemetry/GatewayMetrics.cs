using System.Diagnostics;
using System.Diagnostics.Metrics;
using EdgeGate.Transport;

namespace EdgeGate.Telemetry;

/// <summary>The gauges of loops, beside the transport's own.</summary>
internal static class GatewayMetrics
{
    public static void Register(Meter meter, EventLoopGroup loops)
    {
        LoopLoad[] loads = [.. loops.Loops.Select(loop => new LoopLoad(loop))];
        meter.CreateObservableGauge(
            "edgegate.loop.utilization.ratio", // no unit: the exporter adds no suffix of its own for "1"
            () => loads.Select(load => new Measurement<double>(load.Ratio(), new KeyValuePair<string, object?>("loop", load.Index))),
            description: "The share of the time since the last reading that a loop worked.");
        meter.CreateObservableCounter(
            "edgegate.loop.stale.reports",
            () => loops.Loops.Select(loop => new Measurement<long>(loop.StaleReports, new KeyValuePair<string, object?>("loop", loop.Index))),
            description: "Readiness reports that named a socket which had closed meanwhile.");
    }

    private sealed class LoopLoad(EventLoop loop)
    {
        private TimeSpan _busy;
        private long _read = Stopwatch.GetTimestamp();

        public int Index => loop.Index;

        public double Ratio()
        {
            TimeSpan busy = loop.BusyTime;
            TimeSpan passed = Stopwatch.GetElapsedTime(_read);
            double ratio = passed > TimeSpan.Zero ? (busy - _busy) / passed : 0;
            _busy = busy;
            _read = Stopwatch.GetTimestamp();
            return Math.Clamp(ratio, 0, 1);
        }
    }
}
