using System.Numerics;

namespace EdgeGate.Transport;

/// <summary>
/// A hierarchical timing wheel (Varghese and Lauck, 1987): four levels of 64 buckets over 16 ms ticks, so from 16 ms
/// to three days; longer timers go round again. Arming and disarming are O(1), and a bit per bucket tells when the next
/// one is due, so a loop with a million hour-long timers still sleeps for as long as nothing is due.
/// </summary>
internal sealed class TimerWheel
{
    internal const int NoBucket = -1;
    internal const int TickMilliseconds = 1 << TickShift;

    private const int TickShift = 4;
    private const int Levels = 4;
    private const int LevelBits = 6;
    private const int Buckets = 1 << LevelBits;
    private const long Span = 1L << (Levels * LevelBits);

    private readonly LoopTimer?[] _buckets = new LoopTimer?[Levels * Buckets];
    private readonly ulong[] _occupied = new ulong[Levels];
    private long _tick;

    internal TimerWheel(long nowMilliseconds) => _tick = nowMilliseconds >> TickShift;

    /// <summary>Arms a timer; if it is armed already, moves it.</summary>
    internal void Arm(LoopTimer timer, long dueMilliseconds)
    {
        Disarm(timer);
        timer.DueTick = (dueMilliseconds + TickMilliseconds - 1) >> TickShift;
        Insert(timer);
    }

    internal void Disarm(LoopTimer timer)
    {
        if (timer.IsArmed)
        {
            Unlink(timer);
        }
    }

    /// <summary>How long until a bucket is due: 0 if one is already, −1 if none is occupied.</summary>
    internal int MillisecondsToNext(long nowMilliseconds)
    {
        if (NextBucket(out long tick) == NoBucket)
        {
            return -1;
        }

        return (int)Math.Clamp((tick << TickShift) - nowMilliseconds, 0, int.MaxValue);
    }

    /// <summary>Fires all that is due.</summary>
    internal void Advance(long nowMilliseconds)
    {
        long now = nowMilliseconds >> TickShift;
        while (true)
        {
            int bucket = NextBucket(out long tick);
            if (bucket == NoBucket || tick > now)
            {
                _tick = Math.Max(_tick, now);
                return;
            }

            _tick = tick;
            Empty(bucket);
        }
    }

    private void Empty(int bucket)
    {
        while (_buckets[bucket] is { } timer)
        {
            Unlink(timer);
            if (timer.DueTick <= _tick)
            {
                timer.OnTimer();
            }
            else
            {
                Insert(timer); // falls to a finer level, never back into this bucket
            }
        }
    }

    private void Insert(LoopTimer timer)
    {
        // A timer that is due now fires at the next tick; one beyond the wheel's span waits in its last bucket.
        long tick = Math.Clamp(timer.DueTick, _tick + 1, _tick + Span - Buckets * Buckets * Buckets);
        int level = Math.Min(Levels - 1, (63 - BitOperations.LeadingZeroCount((ulong)(tick ^ _tick))) / LevelBits);
        int index = (int)(tick >> (level * LevelBits)) & (Buckets - 1);
        int bucket = (level * Buckets) + index;

        timer.Bucket = bucket;
        timer.Previous = null;
        timer.Next = _buckets[bucket];
        if (timer.Next is { } next)
        {
            next.Previous = timer;
        }

        _buckets[bucket] = timer;
        _occupied[level] |= 1UL << index;
    }

    private void Unlink(LoopTimer timer)
    {
        int bucket = timer.Bucket;
        if (timer.Next is { } next)
        {
            next.Previous = timer.Previous;
        }

        if (timer.Previous is { } previous)
        {
            previous.Next = timer.Next;
        }
        else
        {
            _buckets[bucket] = timer.Next;
            if (timer.Next is null)
            {
                _occupied[bucket / Buckets] &= ~(1UL << (bucket % Buckets));
            }
        }

        timer.Previous = timer.Next = null;
        timer.Bucket = NoBucket;
    }

    /// <summary>The bucket that is due first, and the tick at which it is.</summary>
    private int NextBucket(out long tick)
    {
        for (int level = 0; level < Levels; level++)
        {
            ulong occupied = _occupied[level];
            if (occupied == 0)
            {
                continue;
            }

            // A finer level is always due before a coarser one: that is what the XOR in Insert sees to.
            int shift = level * LevelBits;
            int position = (int)(_tick >> shift) & (Buckets - 1);
            int ahead = BitOperations.TrailingZeroCount(BitOperations.RotateRight(occupied, position));
            int index = (position + ahead) & (Buckets - 1);
            long round = _tick >> (shift + LevelBits) << (shift + LevelBits);
            tick = round + ((long)index << shift);
            if (tick < _tick)
            {
                tick += 1L << (shift + LevelBits); // only the coarsest level wraps round
            }

            return (level * Buckets) + index;
        }

        tick = 0;
        return NoBucket;
    }
}
