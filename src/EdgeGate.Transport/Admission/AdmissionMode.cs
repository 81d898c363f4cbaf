namespace EdgeGate.Transport.Admission;

/// <summary>What the gate does with newcomers, whatever there is room for.</summary>
public enum AdmissionMode
{
    /// <summary>Lets in what fits; what does not fit waits or is rejected, as its listener says.</summary>
    Open,

    /// <summary>Lets nobody in; who comes waits or is rejected, as its listener says.</summary>
    Hold,

    /// <summary>Lets nobody in, and rejects at once on every listener: nobody waits in a backlog for what will not come.</summary>
    Reject,
}
