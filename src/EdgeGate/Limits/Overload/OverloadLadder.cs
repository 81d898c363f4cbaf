using EdgeGate.Configuration;

namespace EdgeGate.Limits.Overload;

/// <summary>From pressure to rung, with hysteresis: up at a threshold, down only well below it.</summary>
internal static class OverloadLadder
{
    /// <param name="now">The rung so far.</param>
    /// <param name="pressure">Used divided by capacity.</param>
    /// <param name="thresholds">Where the rungs are.</param>
    /// <param name="highest">The rung above which nothing helps.</param>
    public static OverloadLevel Next(
        OverloadLevel now, double pressure, OverloadConfig thresholds, OverloadLevel highest)
    {
        OverloadLevel up = Reached(pressure, thresholds);
        OverloadLevel held = Reached(pressure + thresholds.Recovery, thresholds);
        OverloadLevel next = up > now ? up : held < now ? held : now;
        return next < highest ? next : highest;
    }

    /// <summary>The pressure at which a rung is reached.</summary>
    public static double Threshold(this OverloadConfig thresholds, OverloadLevel level) => level switch
    {
        OverloadLevel.Warn => thresholds.Warn,
        OverloadLevel.CloseIdle => thresholds.CloseIdle,
        OverloadLevel.StopAccepting => thresholds.StopAccepting,
        OverloadLevel.Reject => thresholds.Reject,
        OverloadLevel.Reset => thresholds.Reset,
        _ => 0,
    };

    /// <summary>
    /// How many of so many connections must go for a resource to come down from a rung, if each of them holds as much of
    /// it as any other.
    /// </summary>
    public static int Excess(double pressure, OverloadLevel from, OverloadConfig thresholds, long connections)
    {
        double target = Math.Max(0, thresholds.Threshold(from) - thresholds.Recovery);
        return pressure <= target ? 0 : (int)Math.Min(int.MaxValue, Math.Ceiling(connections * (pressure - target) / pressure));
    }

    private static OverloadLevel Reached(double pressure, OverloadConfig thresholds)
    {
        for (OverloadLevel level = OverloadLevel.Reset; level > OverloadLevel.None; level--)
        {
            if (pressure >= thresholds.Threshold(level))
            {
                return level;
            }
        }

        return OverloadLevel.None;
    }
}
