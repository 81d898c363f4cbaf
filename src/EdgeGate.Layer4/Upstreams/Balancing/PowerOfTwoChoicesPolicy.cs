namespace EdgeGate.Layer4.Upstreams.Balancing;

/// <summary>
/// Two at random, and of these the one with fewer connections: nearly as even as comparing all, without a counter that
/// every loop writes to (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
/// </summary>
internal sealed class PowerOfTwoChoicesPolicy : BalancingPolicy
{
    internal override Destination? Choose(ReadOnlySpan<Destination> destinations, in PickContext context)
    {
        if (destinations.Length < 2)
        {
            return FirstFrom(0, destinations, context);
        }

        int first = Random.Shared.Next(destinations.Length);
        int second = Random.Shared.Next(destinations.Length - 1);
        second += second >= first ? 1 : 0;
        Destination? one = FirstFrom((uint)first, destinations, context);
        Destination? other = FirstFrom((uint)second, destinations, context);
        return one is null || other is null || one.Active <= other.Active ? one : other;
    }
}
