namespace EdgeGate.Layer4;

/// <summary>How a TCP relay behaves.</summary>
public sealed record TcpRelayOptions
{
    /// <summary>
    /// How long reaching an upstream may take in all, over every address and destination that is tried; waiting for a
    /// place at a destination does not count.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long nothing may go through in either direction; infinite is <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether bulk traffic is moved inside the kernel, by splice(2), where that pays.</summary>
    public bool Splice { get; init; } = true;

    /// <summary>Whether every connection begins with a PROXY header that names its client.</summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>
    /// How long a client may take for all that is read before a destination is chosen: a PROXY header, a TLS hello.
    /// Infinite is <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
