namespace EdgeGate.Layer4.Upstreams.Balancing;

/// <summary>Each in turn.</summary>
internal sealed class RoundRobinPolicy : BalancingPolicy
{
    private uint _turn = uint.MaxValue;

    // Every loop takes turns from the same counter, or each would begin with the first destination. A second attempt goes
    // on from this turn and takes none: or whoever follows would always meet the same destination, the one that fails.
    internal override Destination? Choose(ReadOnlySpan<Destination> destinations, in PickContext context) => FirstFrom(
        context.Tried.Count == 0 ? Interlocked.Increment(ref _turn) : Volatile.Read(ref _turn), destinations, context);
}
