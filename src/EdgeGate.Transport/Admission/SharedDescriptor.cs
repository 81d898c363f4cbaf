namespace EdgeGate.Transport.Admission;

/// <summary>The right to one upstream connection among those that connections share. Disposed when it is closed.</summary>
internal sealed class SharedDescriptor(AdmissionGate gate) : IDisposable
{
    private AdmissionGate? _gate = gate;

    /// <summary>Gives the descriptor back; only the first call does.</summary>
    public void Dispose() => Interlocked.Exchange(ref _gate, null)?.ReleaseShared();
}
