namespace EdgeGate.Transport.Admission;

/// <summary>The right to exist of one connection. Disposed once, when the last of its descriptors is closed.</summary>
public sealed class AdmissionLease : IDisposable
{
    private readonly ListenerQuota _quota;
    private readonly int _descriptors;
    private readonly int _shared;
    private AdmissionGate? _gate;
    private SourceLease? _source;

    internal AdmissionLease(AdmissionGate gate, ListenerQuota quota, int descriptors, int shared)
    {
        _gate = gate;
        _quota = quota;
        _descriptors = descriptors;
        _shared = shared;
    }

    /// <summary>Gives the place back; only the first call does.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _gate, null) is { } gate)
        {
            _source?.Release();
            gate.Release(_quota, _descriptors, _shared);
        }
    }

    /// <summary>Gives a place among those of a source back with this one; once, before it is disposed.</summary>
    internal void Hold(SourceLease source) => _source = source;
}
