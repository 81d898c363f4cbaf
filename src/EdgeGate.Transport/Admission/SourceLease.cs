namespace EdgeGate.Transport.Admission;

/// <summary>One connection's place among those of its source.</summary>
internal sealed class SourceLease(SourceGate gate, SourcePrefix source)
{
    internal void Release() => gate.Leave(source);
}
