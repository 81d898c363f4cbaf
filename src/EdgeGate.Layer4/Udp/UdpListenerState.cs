namespace EdgeGate.Layer4.Udp;

/// <summary>
/// Where a UDP listener is in its life.
/// <code>
///   Serving --StopAsync--> Draining --last flow gone--> Closed
///      ^----TryResume---------'
/// </code>
/// </summary>
internal enum UdpListenerState
{
    /// <summary>Bound; flows begin once it has a lane.</summary>
    Serving,

    /// <summary>No flow begins; those that exist go on, and their answers need the socket.</summary>
    Draining,

    /// <summary>The socket is closed, or about to be.</summary>
    Closed,
}
