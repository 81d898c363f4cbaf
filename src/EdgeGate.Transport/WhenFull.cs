namespace EdgeGate.Transport;

/// <summary>What a listener does with a connection that does not fit.</summary>
public enum WhenFull
{
    /// <summary>It stops accepting: connections wait in the kernel's backlog, first come first served.</summary>
    Queue,

    /// <summary>It refuses at once: a reset, or on cleartext HTTP a 503.</summary>
    Reject,
}
