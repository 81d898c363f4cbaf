namespace EdgeGate.Layer4.Upstreams.Balancing;

/// <summary>Any.</summary>
internal sealed class RandomPolicy : BalancingPolicy
{
    internal override Destination? Choose(ReadOnlySpan<Destination> destinations, in PickContext context) =>
        FirstFrom((uint)Random.Shared.Next(), destinations, context);
}
