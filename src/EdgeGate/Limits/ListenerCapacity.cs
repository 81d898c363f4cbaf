using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>What one listener can hold.</summary>
/// <param name="Listener">Its name.</param>
/// <param name="Protocol">Its lane.</param>
/// <param name="Bind">Where it listens.</param>
/// <param name="Descriptors">What each of its connections takes.</param>
/// <param name="MaxConnections">The most it may have: when the others have none, and within its own limit.</param>
/// <param name="Backlog">The accept queue that the kernel will really give.</param>
internal sealed record ListenerCapacity(
    string Listener, ListenerProtocol Protocol, string Bind, int Descriptors, long MaxConnections, long Backlog);
