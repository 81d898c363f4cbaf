using System.Text;
using EdgeGate.Transport;

namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>Answers each request the same; an Upgrade gets a WebSocket that then says nothing.</summary>
internal sealed class HttpConnection(in AcceptedSocket socket) : UpstreamConnection(socket)
{
    internal const string Body = "hello from upstream\n";

    /// <summary>The key that clients send, and what RFC 6455, section 1.3, makes of it.</summary>
    internal const string WebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==";

    private const string WebSocketAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static readonly byte[] Response = Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");

    private static readonly byte[] Upgraded = Encoding.ASCII.GetBytes(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        $"Sec-WebSocket-Accept: {WebSocketAccept}\r\n\r\n");

    private static readonly byte[] Key = Encoding.ASCII.GetBytes(WebSocketKey);

    private bool _isWebSocket;

    protected override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        // A request that came in pieces is answered at its last one.
        _isWebSocket |= bytes.IndexOf(Key) >= 0;
        if (bytes.EndsWith("\r\n\r\n"u8))
        {
            Answer(_isWebSocket ? Upgraded : Response);
        }
    }
}
