using EdgeGate.Transport;

namespace EdgeGate.Benchmarks.Micro;

/// <summary>A timer that does nothing but count.</summary>
internal sealed class IdleTimer : LoopTimer
{
    internal long Fired { get; private set; }

    protected internal override void OnTimer() => Fired++;
}
