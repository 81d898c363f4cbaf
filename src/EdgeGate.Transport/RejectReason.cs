namespace EdgeGate.Transport;

/// <summary>Why a connection was refused before it became one.</summary>
public enum RejectReason
{
    /// <summary>The gate or the listener's quota is full.</summary>
    Limit,

    /// <summary>The process or the system has no descriptor left.</summary>
    Descriptors,

    /// <summary>Its source is not allowed, or denied.</summary>
    Denied,

    /// <summary>Its source has as many connections as it may.</summary>
    Source,

    /// <summary>Its source begins connections faster than it may.</summary>
    Rate,

    /// <summary>The gateway is overloaded and lets nobody in for now.</summary>
    Overload,
}
