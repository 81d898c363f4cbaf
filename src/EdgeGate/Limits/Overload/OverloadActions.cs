using EdgeGate.Transport;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Limits.Overload;

/// <summary>The ladder's hands: the gate, and the connections of all loops.</summary>
internal sealed class OverloadActions(AdmissionGate gate, ConnectionTable table) : IOverloadActions
{
    private readonly ConnectionReaper _reaper = new(table);

    public long Connections => gate.Connections;

    public void Admit(AdmissionMode mode) => gate.Mode = mode;

    public Task<int> CloseIdleAsync(int most) => _reaper.CloseIdleAsync(most);

    public Task<int> ResetLargestAsync(int most) => _reaper.ResetLargestAsync(most);
}
