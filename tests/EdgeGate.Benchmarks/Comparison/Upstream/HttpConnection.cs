using System.Text;
using EdgeGate.Native;
using EdgeGate.Native.Sockets;
using EdgeGate.Transport;

namespace EdgeGate.Benchmarks.Comparison.Upstream;

/// <summary>
/// Answers each request by its path, with a short body or a long one; an Upgrade gets a WebSocket that answers each
/// message with one of its length.
/// </summary>
internal sealed class HttpConnection(in AcceptedSocket socket) : UpstreamConnection(socket)
{
    internal const string SmallPath = "/hello";
    internal const string MediumPath = "/64k";
    internal const string LargePath = "/1m";
    internal const int MediumBytes = 64 * 1024;
    internal const int LargeBytes = 1024 * 1024;

    internal const string Body = "hello from upstream\n";

    /// <summary>The key that clients send, and what RFC 6455, section 1.3, makes of it.</summary>
    internal const string WebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==";

    private const string WebSocketAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private const byte BinaryAndLast = 0x82;
    private const byte Masked = 0x80;
    private const int MaskBytes = 4;
    private const int MessageBytes = 32;

    private static readonly byte[] Small = Respond(Encoding.ASCII.GetBytes(Body));
    private static readonly byte[] Medium = Respond(new byte[MediumBytes]);
    private static readonly byte[] Large = Respond(new byte[LargeBytes]);

    private static readonly byte[] Upgraded = Encoding.ASCII.GetBytes(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        $"Sec-WebSocket-Accept: {WebSocketAccept}\r\n\r\n");

    private static readonly byte[] Key = Encoding.ASCII.GetBytes(WebSocketKey);

    private byte[]? _answer;
    private ReadOnlyMemory<byte> _rest;
    private bool _isWebSocket;
    private int _messageBytes;

    /// <summary>What a client sends: its mask is all zeros, which is one of those that RFC 6455 allows.</summary>
    internal static byte[] ClientMessage { get; } = [BinaryAndLast, Masked | MessageBytes, .. new byte[MaskBytes + MessageBytes]];

    /// <summary>What it gets.</summary>
    internal static byte[] ServerMessage { get; } = [BinaryAndLast, MessageBytes, .. new byte[MessageBytes]];

    protected override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_isWebSocket)
        {
            AnswerMessages(bytes.Length);
            return;
        }

        // A request that came in pieces is known by its first one, is an Upgrade if any says so, and is answered at its last.
        _answer ??= bytes.StartsWith("GET /64k"u8) ? Medium : bytes.StartsWith("GET /1m"u8) ? Large : Small;
        if (bytes.IndexOf(Key) >= 0)
        {
            _answer = Upgraded;
        }

        if (bytes.EndsWith("\r\n\r\n"u8))
        {
            _isWebSocket = _answer == Upgraded;
            _rest = _answer;
            _answer = null;
            OnWritable();
        }
    }

    protected internal override void OnWritable()
    {
        while (!_rest.IsEmpty && !IsClosed)
        {
            SysResult sent = SocketIO.Send(Descriptor, _rest.Span);
            if (!sent.Failed)
            {
                _rest = _rest[sent.Value..];
            }
            else if (sent.WouldBlock)
            {
                return; // writable will be reported
            }
            else
            {
                Close(reset: true);
            }
        }
    }

    private void AnswerMessages(int bytes)
    {
        for (_messageBytes += bytes; _messageBytes >= ClientMessage.Length; _messageBytes -= ClientMessage.Length)
        {
            Answer(ServerMessage);
        }
    }

    private static byte[] Respond(byte[] body) =>
    [
        .. Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n"),
        .. body,
    ];
}
