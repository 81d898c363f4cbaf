using EdgeGate.Layer4.Upstreams.Balancing;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>A cluster at one moment: immutable, swapped as a whole.</summary>
/// <param name="All">Every destination.</param>
/// <param name="Available">Those that take new connections, in the order of their names.</param>
/// <param name="Policy">Who chooses among them.</param>
/// <param name="Settings">As configured.</param>
internal sealed record ClusterSnapshot(
    Destination[] All, Destination[] Available, BalancingPolicy Policy, UpstreamSettings Settings)
{
    internal PickOutcome TryTake(in PickContext context, out Destination? taken)
    {
        do
        {
            // Where none has a port left, one is dialled all the same: it may be free by then, or else is counted and told.
            taken = Policy.Choose(Available, context) ?? Policy.Choose(Available, context.WithPortless());
            if (taken is null)
            {
                return HasUntried(context.Tried) ? PickOutcome.Full : PickOutcome.None;
            }
        }
        while (!taken.TryEnter()); // another loop took the last place in between: choose again

        return PickOutcome.Picked;
    }

    /// <summary>Whether there is a destination that was not tried, with or without room.</summary>
    internal bool HasUntried(in TriedDestinations tried)
    {
        foreach (Destination destination in Available)
        {
            if (!tried.Contains(destination))
            {
                return true;
            }
        }

        return false;
    }
}
