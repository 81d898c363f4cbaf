using EdgeGate.Configuration;

namespace EdgeGate.Limits;

/// <summary>What one listener can hold.</summary>
/// <param name="Listener">Its name.</param>
/// <param name="Protocol">Its lane.</param>
/// <param name="Bind">Where it listens.</param>
/// <param name="Descriptors">What each of its connections takes.</param>
/// <param name="MaxConnections">
/// The most it may have: when the others have none, within its own limit, and with the ports to its upstreams.
/// </param>
/// <param name="Backlog">The accept queue that the kernel will really give.</param>
/// <param name="WhenFull">What happens to one more.</param>
internal sealed record ListenerCapacity(
    string Listener, ListenerProtocol Protocol, string Bind, int Descriptors, long MaxConnections, long Backlog,
    WhenFull WhenFull)
{
    /// <summary>What a client sees that finds no room.</summary>
    public string AtLimit => (Protocol, WhenFull) switch
    {
        (ListenerProtocol.Udp, _) => "datagrams of new clients are dropped",
        (_, WhenFull.Queue) => $"waits in the accept queue ({Say.Number(Backlog)})",
        (ListenerProtocol.Http, _) => "503 with Retry-After",
        _ => "reset",
    };
}
