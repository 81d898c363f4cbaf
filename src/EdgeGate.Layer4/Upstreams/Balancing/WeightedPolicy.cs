namespace EdgeGate.Layer4.Upstreams.Balancing;

/// <summary>
/// At random, each as often as its weight says: a new version gets a small share first (a canary). Those of weight zero
/// stand in where no other is admitted.
/// </summary>
internal sealed class WeightedPolicy : BalancingPolicy
{
    internal override Destination? Choose(ReadOnlySpan<Destination> destinations, in PickContext context)
    {
        long total = 0;
        foreach (Destination destination in destinations)
        {
            total += context.Admits(destination) ? destination.Weight : 0;
        }

        if (total == 0)
        {
            return destinations.IsEmpty ? null : FirstFrom((uint)Random.Shared.Next(), destinations, context);
        }

        long left = Random.Shared.NextInt64(total);
        foreach (Destination destination in destinations)
        {
            if (context.Admits(destination) && (left -= destination.Weight) < 0)
            {
                return destination;
            }
        }

        return FirstFrom(0, destinations, context); // one was filled or its weight changed meanwhile
    }
}
