using EdgeGate.Limits.Overload;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Limits.Live;

/// <summary>
/// Connections and the descriptors that they stand for. At 100 % the gate itself lets nobody in, one by one and exactly;
/// the ladder needs to do no more than make room.
/// </summary>
internal sealed class GateMeter(AdmissionGate gate) : IResourceMeter
{
    public IEnumerable<ResourceUse> Measure() =>
    [
        new("connections", gate.Connections, gate.MaxConnections, OverloadLevel.CloseIdle),
        new("descriptors", gate.Descriptors, gate.MaxDescriptors, OverloadLevel.CloseIdle),
    ];
}
