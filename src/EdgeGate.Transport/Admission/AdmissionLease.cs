namespace EdgeGate.Transport.Admission;

/// <summary>The right to exist of one connection. Disposed once, when the last of its descriptors is closed.</summary>
public sealed class AdmissionLease : IDisposable
{
    private readonly ListenerQuota _quota;
    private readonly int _descriptors;
    private AdmissionGate? _gate;

    internal AdmissionLease(AdmissionGate gate, ListenerQuota quota, int descriptors)
    {
        _gate = gate;
        _quota = quota;
        _descriptors = descriptors;
    }

    /// <summary>Gives the place back; only the first call does.</summary>
    public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Release(_quota, _descriptors);
}
