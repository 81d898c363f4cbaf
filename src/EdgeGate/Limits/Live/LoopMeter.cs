using EdgeGate.Limits.Overload;
using EdgeGate.Transport;

namespace EdgeGate.Limits.Live;

/// <summary>
/// The busiest event loop: the share of its time that it works, smoothed over some seconds. A busy loop is slow and not
/// out of anything, so it is only told.
/// </summary>
internal sealed class LoopMeter(EventLoopGroup loops, TimeProvider time) : IResourceMeter
{
    private static readonly TimeSpan Smoothing = TimeSpan.FromSeconds(5);

    private readonly Load[] _loads = [.. loops.Loops.Select(loop => new Load(loop))];
    private long _read = time.GetTimestamp();

    private sealed class Load(EventLoop loop)
    {
        private TimeSpan _busy = loop.BusyTime;

        internal double Share { get; private set; }

        internal void Measure(TimeSpan passed)
        {
            TimeSpan busy = loop.BusyTime;
            double now = Math.Clamp((busy - _busy) / passed, 0, 1);
            _busy = busy;
            Share += (now - Share) * Math.Min(1, passed / Smoothing);
        }
    }

    public IEnumerable<ResourceUse> Measure()
    {
        TimeSpan passed = time.GetElapsedTime(_read);
        if (passed > TimeSpan.Zero)
        {
            _read = time.GetTimestamp();
            Array.ForEach(_loads, load => load.Measure(passed));
        }

        return [new("loops", _loads.Max(load => load.Share), 1, OverloadLevel.Warn)];
    }
}
