using System.Net;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>What the configuration and the resolver say of a destination.</summary>
/// <param name="Id">Its name in the configuration.</param>
/// <param name="Address">Its address as configured.</param>
/// <param name="EndPoints">What the address stands for, in the resolver's order.</param>
/// <param name="Weight">Its share under the policy <c>Weighted</c>.</param>
public sealed record ResolvedDestination(string Id, string Address, IReadOnlyList<EndPoint> EndPoints, int Weight = 1);
