namespace EdgeGate.Layer4.Upstreams.Balancing;

/// <summary>The first by name: the others stand in for it while it is out or full.</summary>
internal sealed class FirstAlphabeticalPolicy : BalancingPolicy
{
    internal override Destination? Choose(ReadOnlySpan<Destination> destinations, in PickContext context) =>
        FirstFrom(0, destinations, context);
}
