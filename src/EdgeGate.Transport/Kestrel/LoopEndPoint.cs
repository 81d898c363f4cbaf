using System.Net;

namespace EdgeGate.Transport.Kestrel;

/// <summary>
/// The address of a Kestrel end point that is to be served by the event loops. Any other kind of address stays with
/// Kestrel's own transport.
/// </summary>
/// <param name="options">How to listen; its end point is this one's address.</param>
public sealed class LoopEndPoint(ListenerOptions options) : EndPoint
{
    /// <summary>How to listen.</summary>
    public ListenerOptions Options { get; } = options;

    /// <summary>The socket to serve, where it is bound already: whoever served it before loses it.</summary>
    public Listener? Bound { get; init; }

    /// <summary>How long a client may stay silent before its first byte.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Whether every connection begins with a PROXY header, which must be complete within the same time.
    /// </summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>
    /// Whether Kestrel and what stands on it run on the event loops and not on the thread pool. A request then costs no
    /// change of thread, and whatever blocks holds up all connections of its loop: only for code that is known not to.
    /// The end point must also use <see cref="LoopConnectionExtensions.RunOnLoop"/>.
    /// </summary>
    public bool RunsOnLoop { get; init; }

    /// <summary>What a client is told that does not fit, such as a 503 in HTTP/1.1; empty for a reset.</summary>
    public ReadOnlyMemory<byte> Refusal { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Options.EndPoint.ToString()!;
}
