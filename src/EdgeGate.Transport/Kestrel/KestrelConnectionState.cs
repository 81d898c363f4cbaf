namespace EdgeGate.Transport.Kestrel;

/// <summary>
/// Where a Kestrel connection is in its life.
/// <code>
///   Silent --first bytes--> Open --Kestrel has ended its output--> Lingering --FIN, time-out--> Closed
///      |                      '--reset, abort------------------------------------------------------^
///      '--FIN, reset, time-out, unbind-------------------------------------------------------------^
/// </code>
/// </summary>
internal enum KestrelConnectionState
{
    /// <summary>Accepted; the client has sent nothing (a proxy's header aside), and Kestrel knows nothing of it.</summary>
    Silent,

    /// <summary>Kestrel's.</summary>
    Open,

    /// <summary>
    /// All output is sent, the FIN too; what the client still sends is thrown away, because closing over unread bytes
    /// would be a reset, and a reset can overtake the last answer.
    /// </summary>
    Lingering,

    /// <summary>The descriptor is gone.</summary>
    Closed,
}
