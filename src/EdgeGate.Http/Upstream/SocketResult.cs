using System.Net.Sockets;

namespace EdgeGate.Http.Upstream;

/// <summary>What reading from or writing to an upstream's socket gave.</summary>
/// <param name="Bytes">How many bytes.</param>
/// <param name="Error">Why there were none.</param>
public readonly record struct SocketResult(int Bytes, SocketError Error)
{
    /// <summary>Whether the call would have had to wait.</summary>
    public bool WouldBlock => Error == SocketError.WouldBlock;

    /// <summary>Whether it failed, other than by having to wait.</summary>
    public bool Failed => Error is not SocketError.Success and not SocketError.WouldBlock;
}
