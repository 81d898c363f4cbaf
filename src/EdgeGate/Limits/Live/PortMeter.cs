using EdgeGate.Layer4.Ports;
using EdgeGate.Limits.Overload;

namespace EdgeGate.Limits.Live;

/// <summary>
/// The ephemeral ports to the address to which the fewest are left. Who finds none goes to another source or destination,
/// and those who are there give none back by being fewer in all; so it is only told.
/// </summary>
/// <param name="tightest">That address; null where no ports are counted.</param>
internal sealed class PortMeter(Func<PortUsage?> tightest) : IResourceMeter
{
    public IEnumerable<ResourceUse> Measure() => tightest() is { } usage
        ? [new ResourceUse("ports", usage.Used, usage.Capacity, OverloadLevel.Warn)]
        : [];
}
