namespace EdgeGate.Layer4.Upstreams.Balancing;

/// <summary>Chooses among a cluster's destinations. Callable from any loop at once; it allocates nothing.</summary>
internal abstract class BalancingPolicy
{
    /// <summary>A destination that the context admits, or null if there is none.</summary>
    /// <param name="destinations">Those that are available, in the order of their names.</param>
    /// <param name="context">For whom.</param>
    internal abstract Destination? Choose(ReadOnlySpan<Destination> destinations, in PickContext context);

    /// <summary>The first that is admitted, from one on and around.</summary>
    protected static Destination? FirstFrom(
        uint start, ReadOnlySpan<Destination> destinations, in PickContext context)
    {
        for (int i = 0; i < destinations.Length; i++)
        {
            Destination destination = destinations[IndexOf(start, i, destinations.Length)];
            if (context.Admits(destination))
            {
                return destination;
            }
        }

        return null;
    }

    /// <summary>The index some steps on from a start that may be any number: the sum must not run over.</summary>
    protected static int IndexOf(uint start, int step, int count) => (int)((start % (uint)count) + (uint)step) % count;
}
