namespace EdgeGate.Transport;

/// <summary>
/// A time-out on an event loop. The timer is its own list node, so arming it allocates nothing; it belongs to one loop
/// and is armed, disarmed and fired on that loop's thread. Firing is up to one tick (16 ms) late, never early.
/// </summary>
public abstract class LoopTimer
{
    internal LoopTimer? Previous;
    internal LoopTimer? Next;
    internal long DueTick;
    internal int Bucket = TimerWheel.NoBucket;

    /// <summary>Whether the timer waits to fire.</summary>
    public bool IsArmed => Bucket != TimerWheel.NoBucket;

    /// <summary>The time is up. The timer is disarmed already and may be armed again.</summary>
    protected internal abstract void OnTimer();
}
