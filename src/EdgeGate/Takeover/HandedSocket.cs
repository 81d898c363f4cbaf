using EdgeGate.Native.Sockets;

namespace EdgeGate.Takeover;

/// <summary>A socket of the process that this one takes over from.</summary>
/// <param name="Message">What it said about it.</param>
/// <param name="Socket">The socket, and what the kernel says about it.</param>
internal sealed record HandedSocket(TakeoverMessage Message, InheritedSocket Socket);
