namespace EdgeGate.Transport;

/// <summary>Why a connection was refused before it became one.</summary>
public enum RejectReason
{
    /// <summary>The gate or the listener's quota is full.</summary>
    Limit,

    /// <summary>The process or the system has no descriptor left.</summary>
    Descriptors,
}
