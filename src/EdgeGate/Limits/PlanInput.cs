using EdgeGate.Configuration;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits;

/// <summary>All that a plan is made from.</summary>
internal sealed record PlanInput(KernelFacts Facts, GatewayConfig Config, TuningFile? Tuning)
{
    /// <summary>The event loops that the daemon will run.</summary>
    public int Loops => Config.Transport.Loops ?? Math.Max(1, Facts.Processors);
}
