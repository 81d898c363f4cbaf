namespace EdgeGate.Transport.Kestrel;

/// <summary>
/// A feature of every connection of this transport, through which whoever serves its requests tells when one begins and
/// ends: the transport sees bytes, and cannot know a pause between two requests from one within. Called from any thread;
/// HTTP/2 has several requests at once.
/// </summary>
public interface IRequestActivity
{
    /// <summary>The connection's id, unique in this process.</summary>
    long ConnectionId { get; }

    /// <summary>The name of the listener that it came through.</summary>
    string Listener { get; }

    /// <summary>Whether TLS is terminated here; known once a request has begun.</summary>
    bool IsTls { get; }

    /// <summary>Since the connection was accepted.</summary>
    TimeSpan SinceAccepted { get; }

    /// <summary>Since its first byte came.</summary>
    TimeSpan SinceFirstByte { get; }

    /// <summary>A request begins.</summary>
    /// <param name="protocol">Its protocol as HTTP names it, such as HTTP/1.1.</param>
    /// <returns>Whether it is the connection's first.</returns>
    bool Begin(string protocol);

    /// <summary>A request that has begun goes to an upstream; the last one counts.</summary>
    /// <param name="destination">Its address, for people.</param>
    void SentTo(string destination);

    /// <summary>A request that has begun became a stream of bytes both ways: a WebSocket, or an extended CONNECT.</summary>
    void Upgraded();

    /// <summary>A request that has begun is over.</summary>
    /// <param name="upgraded">Whether it was upgraded.</param>
    void End(bool upgraded);
}
