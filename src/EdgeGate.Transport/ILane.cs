namespace EdgeGate.Transport;

/// <summary>A way through the gateway: what becomes of a listener's accepted sockets.</summary>
public interface ILane
{
    /// <summary>How many descriptors one connection needs over its life, the upstream's included.</summary>
    int DescriptorsPerConnection { get; }

    /// <summary>How many of these are for upstream connections that all connections of such lanes have in common.</summary>
    int SharedDescriptors => 0;

    /// <summary>
    /// What a client is told that does not fit, before its connection is closed; empty for a plain reset.
    /// </summary>
    ReadOnlySpan<byte> Refusal { get; }

    /// <summary>
    /// Makes the connection that owns an accepted socket. Called on the listener's loop; the connection is attached to
    /// the loop that was chosen for it, which may be another.
    /// </summary>
    AcceptedConnection CreateConnection(in AcceptedSocket socket);
}
