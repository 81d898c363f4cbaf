namespace EdgeGate.Layer4.Upstreams.Balancing;

/// <summary>Each in turn.</summary>
internal sealed class RoundRobinPolicy : BalancingPolicy
{
    private uint _turn = uint.MaxValue;

    // Every loop takes turns from the same counter, or each would begin with the first destination.
    internal override Destination? Choose(ReadOnlySpan<Destination> destinations, in PickContext context) =>
        FirstFrom(Interlocked.Increment(ref _turn), destinations, context);
}
