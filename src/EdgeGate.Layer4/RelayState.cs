namespace EdgeGate.Layer4;

/// <summary>
/// Where a relay is in its life.
/// <code>
///   Greeting --complete-----.
///     |                     |
///     |  Queued --a place---+
///     |    ^ |              v
///     |    | |          Connecting --connected--> Open --both FINs passed, idle, killed------------> Closed
///     |    | |           |      |                  '--a side was reset--> Resetting --delivered--------^
///     |    | |           |      '--no destination answers, client gone---------------------------------^
///     |    '-+-all full--'                                                                             |
///     |      '--time over, client gone-----------------------------------------------------------------'
///     '--wrong, late, without a route, client gone-----------------------------------------------------'
/// </code>
/// A lane that needs to read nothing begins with Connecting.
/// </summary>
internal enum RelayState
{
    /// <summary>A proxy's header or a TLS hello is awaited, and tells where to go and for whom.</summary>
    Greeting,

    /// <summary>Every destination has as many connections as it may; this one waits for a place.</summary>
    Queued,

    /// <summary>The upstream's connect is under way; nothing is read from the client.</summary>
    Connecting,

    /// <summary>Bytes flow.</summary>
    Open,

    /// <summary>One side was reset; what the other was sent before is still on its way to it.</summary>
    Resetting,

    /// <summary>Both descriptors are gone.</summary>
    Closed,
}
