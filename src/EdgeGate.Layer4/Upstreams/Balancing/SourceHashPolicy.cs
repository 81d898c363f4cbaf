namespace EdgeGate.Layer4.Upstreams.Balancing;

/// <summary>
/// The same client to the same destination, by <see cref="SourceHash"/>. While that one is out or full the client goes to
/// its next best, and comes back. A client without an address goes anywhere.
/// </summary>
internal sealed class SourceHashPolicy : BalancingPolicy
{
    private readonly PowerOfTwoChoicesPolicy _anywhere = new();

    internal override Destination? Choose(ReadOnlySpan<Destination> destinations, in PickContext context)
    {
        if (context.Source is not { } source)
        {
            return _anywhere.Choose(destinations, context);
        }

        ulong key = SourceHash.KeyOf(source);
        Destination? best = null;
        ulong highest = 0;
        foreach (Destination destination in destinations)
        {
            ulong score = SourceHash.Score(key, destination.Seed);
            if ((best is null || score > highest) && context.Admits(destination))
            {
                (best, highest) = (destination, score);
            }
        }

        return best;
    }
}
