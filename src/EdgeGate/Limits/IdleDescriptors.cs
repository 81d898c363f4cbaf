using EdgeGate.Configuration;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits;

/// <summary>The descriptors of a daemon that was ready and had no connection yet. Later they cannot be told from theirs.</summary>
/// <param name="Count">How many.</param>
/// <param name="Config">What it was ready with.</param>
internal sealed record IdleDescriptors(long Count, GatewayConfig Config)
{
    /// <summary>Counts those of this process.</summary>
    /// <param name="config">What it is ready with.</param>
    /// <param name="taken">What connections have taken already, where clients did not wait.</param>
    public static IdleDescriptors CountNow(GatewayConfig config, long taken) => new(DescriptorLimit.CountOpen() - taken, config);

    /// <summary>What it would hold with another configuration: more or fewer listeners.</summary>
    public long With(KernelFacts facts, GatewayConfig other) =>
        Count + Descriptors.Estimate(new PlanInput(facts, other, null)) - Descriptors.Estimate(new PlanInput(facts, Config, null));
}
