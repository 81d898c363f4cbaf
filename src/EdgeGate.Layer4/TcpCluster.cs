using EdgeGate.Transport.ProxyProtocol;

namespace EdgeGate.Layer4;

/// <summary>The destinations that TCP connections are balanced over, round robin.</summary>
/// <param name="name">The cluster's name in the configuration.</param>
public sealed class TcpCluster(string name)
{
    private volatile TcpDestination[] _destinations = [];
    private int _last = -1;
    private int _sendProxyProtocol;

    /// <summary>The cluster's name.</summary>
    public string Name { get; } = name;

    /// <summary>The destinations that take new connections; replaced as a whole, from any thread.</summary>
    public IReadOnlyList<TcpDestination> Destinations
    {
        get => _destinations;
        set => _destinations = [.. value];
    }

    /// <summary>The header that connections to the destinations begin with; replaced from any thread.</summary>
    public ProxyProtocolVersion SendProxyProtocol
    {
        get => (ProxyProtocolVersion)Volatile.Read(ref _sendProxyProtocol);
        set => Volatile.Write(ref _sendProxyProtocol, (int)value);
    }

    /// <summary>The next destination, or null if there is none. Callable from any loop.</summary>
    public TcpDestination? Next()
    {
        TcpDestination[] destinations = _destinations;
        if (destinations.Length == 0)
        {
            return null;
        }

        // Every loop takes turns from the same counter, or each would begin with the first destination.
        uint turn = (uint)Interlocked.Increment(ref _last);
        return destinations[turn % (uint)destinations.Length];
    }
}
