namespace EdgeGate.Limits;

/// <summary>
/// One thing that can run out. First every limit is measured; the smallest capacity makes the plan; then every limit is
/// asked what it has to say about the number that the gateway is to hold.
/// </summary>
internal abstract class Limit
{
    /// <summary>How many connections this limit holds, or null if that is unknown or without bound.</summary>
    public virtual LimitCapacity? Measure(PlanInput input) => null;

    /// <summary>Why a limit that matters here was not measured; null where it does not matter.</summary>
    public virtual UnmeasuredLimit? WhyNot(PlanInput input) => null;

    /// <summary>What makes room for so many connections; asked only of a limit that was measured.</summary>
    public virtual Remedy RemedyFor(PlanInput input, LimitCapacity capacity, long connections) =>
        throw new NotSupportedException($"{GetType().Name} is not measured.");

    /// <summary>What the operator should know if the gateway is to hold so many connections.</summary>
    public virtual IEnumerable<Finding> Examine(PlanInput input, long connections) => [];
}
