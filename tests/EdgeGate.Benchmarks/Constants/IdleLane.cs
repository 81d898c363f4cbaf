using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Limits;

namespace EdgeGate.Benchmarks.Constants;

/// <summary>A kind of connection whose memory is measured.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Compiled">What the capacity plan counts for it.</param>
/// <param name="Connections">How many are opened: within the descriptors, and where a client costs much, its patience.</param>
/// <param name="Open">Makes the clients.</param>
internal sealed record IdleLane(string Name, ConnectionCost Compiled, int Connections, Func<ConstantsGateway, IIdleLoad> Open);
