using System.Text;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Comparison.Load;

/// <summary>One request and how its answer is known to be whole.</summary>
internal sealed class Exchange
{
    private const int PingBytes = 100;

    private readonly byte[] _begin;
    private readonly byte[] _end;
    private readonly int _minimum;

    private Exchange(byte[] request, byte[] begin, byte[] end, int minimum)
    {
        Request = request;
        _begin = begin;
        _end = end;
        _minimum = minimum;
    }

    /// <summary>A hundred bytes to an echo.</summary>
    internal static Exchange Ping { get; } = Echo(new byte[PingBytes]);

    /// <summary>A small GET.</summary>
    internal static Exchange Get { get; } = Fetch(HttpConnection.SmallPath, "", HttpConnection.Body);

    /// <summary>A small GET, after which the proxy closes the connection.</summary>
    internal static Exchange GetAndClose { get; } = Fetch(HttpConnection.SmallPath, "Connection: close\r\n", HttpConnection.Body, closes: true);

    /// <summary>The opening of a WebSocket.</summary>
    internal static Exchange Upgrade { get; } = new(
        Encoding.ASCII.GetBytes(
            "GET /ws HTTP/1.1\r\nHost: edge.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {HttpConnection.WebSocketKey}\r\n\r\n"),
        "HTTP/1.1 101"u8.ToArray(),
        "\r\n\r\n"u8.ToArray(),
        1);

    /// <summary>A message on an open WebSocket, and one of the same length back: RFC 6455, section 5.2.</summary>
    internal static Exchange Message { get; } = new(
        HttpConnection.ClientMessage, HttpConnection.ServerMessage, [], HttpConnection.ServerMessage.Length);

    internal byte[] Request { get; }

    /// <summary>The length of a body that is too long to be looked at; 0 if the answer is compared.</summary>
    internal int BodyBytes { get; private init; }

    /// <summary>Whether the other side closes after the answer.</summary>
    internal bool Closes { get; private init; }

    /// <summary>Bytes of one's own to an echo.</summary>
    internal static Exchange Echo(byte[] bytes) => new(bytes, [], [], bytes.Length);

    /// <summary>A GET with a large answer.</summary>
    internal static Exchange Download(string path, int bytes) => Fetch(path, "", "", bytes: bytes);

    /// <summary>Whether the answer is whole.</summary>
    /// <exception cref="InvalidDataException">It is not the answer that belongs to the request.</exception>
    internal bool IsComplete(ReadOnlySpan<byte> answer)
    {
        if (answer.Length < Math.Max(_minimum, _begin.Length))
        {
            return false;
        }

        return answer.StartsWith(_begin)
            ? answer.EndsWith(_end)
            : throw new InvalidDataException($"unexpected answer: {Encoding.ASCII.GetString(answer)}");
    }

    /// <summary>How long an answer with a <see cref="BodyBytes"/> is, by its beginning.</summary>
    /// <exception cref="InvalidDataException">It is another answer, or its head is not whole.</exception>
    internal int LengthOf(ReadOnlySpan<byte> beginning)
    {
        int head = beginning.IndexOf("\r\n\r\n"u8);
        return head > 0 && beginning.StartsWith(_begin)
            ? head + 4 + BodyBytes
            : throw new InvalidDataException($"unexpected answer: {Encoding.ASCII.GetString(beginning[..Math.Min(200, beginning.Length)])}");
    }

    private static Exchange Fetch(string path, string fields, string end, bool closes = false, int bytes = 0) => new(
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: edge.example\r\n{fields}\r\n"),
        "HTTP/1.1 200"u8.ToArray(),
        Encoding.ASCII.GetBytes(end),
        1)
    {
        Closes = closes,
        BodyBytes = bytes,
    };
}
