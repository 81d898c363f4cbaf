using System.Net;
using System.Security.Authentication;

namespace EdgeGate.Transport;

/// <summary>One connection as it was when it was looked at. Texts that cost something are made when they are read.</summary>
public sealed record ConnectionSnapshot
{
    /// <summary>Unique in this process.</summary>
    public required long Id { get; init; }

    /// <summary>The listener that accepted it.</summary>
    public required string Listener { get; init; }

    /// <summary>The listener's protocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>The client's address; null for a Unix socket.</summary>
    public required IPEndPoint? Remote { get; init; }

    /// <summary>The client's address as text; <c>unix:</c> for a Unix socket, which has none.</summary>
    public string Source => Remote?.ToString() ?? "unix:";

    /// <summary>The upstream's address as text; empty where there is none, or none yet. Of HTTP, the last one's.</summary>
    public string Destination => DestinationAddress?.ToString() ?? "";

    /// <summary>What it is doing, such as connecting, open, idle or websocket.</summary>
    public required string State { get; init; }

    /// <summary>Since it was accepted.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>Since something last went through it.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>Bytes from the client.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Bytes to the client.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes from the upstream; null where upstream connections are not this one's own.</summary>
    public required long? UpstreamBytesReceived { get; init; }

    /// <summary>Bytes to the upstream; null where upstream connections are not this one's own.</summary>
    public required long? UpstreamBytesSent { get; init; }

    /// <summary>Of HTTP, requests that have begun so far; null elsewhere.</summary>
    public long? Requests { get; init; }

    /// <summary>Of HTTP, requests that are being served: of HTTP/2, the streams; null elsewhere.</summary>
    public int? Streams { get; init; }

    /// <summary>Of HTTP, the version by its ALPN name; null before it is known, and elsewhere.</summary>
    public string? ApplicationProtocol { get; init; }

    /// <summary>The version of TLS that is terminated here; <see cref="SslProtocols.None"/> where none is.</summary>
    public SslProtocols TlsVersion { get; init; }

    /// <summary>The name that the client's TLS hello asked for; null where it named none.</summary>
    public string? ServerName { get; init; }

    /// <summary>
    /// What the kernel last said of the client's side, at most some seconds ago; null where it says nothing, or was not
    /// asked yet.
    /// </summary>
    public required TcpSample? Tcp { get; init; }

    /// <summary>What <see cref="Destination"/> is the text of: an <see cref="IPEndPoint"/> where it is one.</summary>
    public object? DestinationAddress { get; init; }
}
