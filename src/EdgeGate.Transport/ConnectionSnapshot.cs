using EdgeGate.Native.Sockets;

namespace EdgeGate.Transport;

/// <summary>One connection as it was when its loop was asked.</summary>
/// <param name="Id">Unique in this process.</param>
/// <param name="Listener">The listener that accepted it.</param>
/// <param name="Protocol">The listener's protocol.</param>
/// <param name="Source">The client's address.</param>
/// <param name="Destination">The upstream's address; empty where HTTP decides per request.</param>
/// <param name="State">What it is doing, such as connecting, open or draining.</param>
/// <param name="Age">Since it was accepted.</param>
/// <param name="Idle">Since something last went through it.</param>
/// <param name="BytesReceived">From the client.</param>
/// <param name="BytesSent">To the client.</param>
/// <param name="Tcp">What the kernel knows of the client's side; null where it knows nothing.</param>
public sealed record ConnectionSnapshot(
    long Id,
    string Listener,
    string Protocol,
    string Source,
    string Destination,
    string State,
    TimeSpan Age,
    TimeSpan Idle,
    long BytesReceived,
    long BytesSent,
    TcpInfo? Tcp);
