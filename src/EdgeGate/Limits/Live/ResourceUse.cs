using EdgeGate.Limits.Overload;

namespace EdgeGate.Limits.Live;

/// <summary>How much of a resource is used now.</summary>
/// <param name="Resource">The label of <c>edgegate_limit_used</c>.</param>
/// <param name="Used">In the unit of the resource.</param>
/// <param name="Capacity">How much of it the gateway counts on, in the same unit.</param>
/// <param name="Highest">The hardest action that can help when this resource runs out.</param>
internal readonly record struct ResourceUse(string Resource, double Used, double Capacity, OverloadLevel Highest)
{
    /// <summary>1 is the capacity; it may be exceeded where the capacity is a share of what there is.</summary>
    public double Pressure => Capacity > 0 ? Used / Capacity : 0;
}
