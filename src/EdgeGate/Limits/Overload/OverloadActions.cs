using EdgeGate.Transport;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Limits.Overload;

/// <summary>The ladder's hands: the gate, and the connections of all loops.</summary>
internal sealed class OverloadActions(AdmissionGate gate, EventLoopGroup loops) : IOverloadActions
{
    private const long MaxCompactedBytes = 128 << 20;

    private readonly ConnectionReaper _reaper = new(new ConnectionTable(loops));

    public long Connections => gate.Connections;

    public void Admit(AdmissionMode mode) => gate.Mode = mode;

    /// <summary>
    /// The collector lets garbage lie for as long as it knows of room, which it does not share with the kernel's part of
    /// the group. A small heap is compacted and returned to the system at once, a large one cleared beside the traffic: to
    /// compact takes about a millisecond for each MiB that lives, and every connection would wait for it.
    /// </summary>
    public async Task TrimMemoryAsync()
    {
        await loops.TrimBuffersAsync();
        bool small = GC.GetTotalMemory(forceFullCollection: false) < MaxCompactedBytes;
        GC.Collect(GC.MaxGeneration, small ? GCCollectionMode.Aggressive : GCCollectionMode.Forced, blocking: small, compacting: small);
    }

    public Task<int> CloseIdleAsync(int most) => _reaper.CloseIdleAsync(most);

    public Task<int> ResetLargestAsync(int most) => _reaper.ResetLargestAsync(most);
}
