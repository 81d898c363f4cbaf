namespace EdgeGate.Layer4.Upstreams.Balancing;

/// <summary>The one with the fewest connections; of equals, each in turn.</summary>
internal sealed class LeastConnectionsPolicy : BalancingPolicy
{
    private uint _turn = uint.MaxValue;

    internal override Destination? Choose(ReadOnlySpan<Destination> destinations, in PickContext context)
    {
        Destination? best = null;
        int fewest = int.MaxValue;
        uint start = Interlocked.Increment(ref _turn); // shared by all loops, as in RoundRobinPolicy
        for (int i = 0; i < destinations.Length; i++)
        {
            Destination destination = destinations[IndexOf(start, i, destinations.Length)];
            int active = destination.Active;
            if (active < fewest && context.Admits(destination))
            {
                (best, fewest) = (destination, active);
            }
        }

        return best;
    }
}
