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

    private Exchange(byte[] request, string begin, string end, int minimum)
    {
        Request = request;
        _begin = Encoding.ASCII.GetBytes(begin);
        _end = Encoding.ASCII.GetBytes(end);
        _minimum = minimum;
    }

    /// <summary>A hundred bytes to an echo.</summary>
    internal static Exchange Ping { get; } = new(new byte[PingBytes], "", "", PingBytes);

    /// <summary>Bytes of one's own to an echo.</summary>
    internal static Exchange Echo(byte[] bytes) => new(bytes, "", "", bytes.Length);

    /// <summary>A small GET.</summary>
    internal static Exchange Get { get; } = new(
        "GET /hello HTTP/1.1\r\nHost: edge.example\r\n\r\n"u8.ToArray(), "HTTP/1.1 200", HttpConnection.Body, 1);

    /// <summary>The opening of a WebSocket.</summary>
    internal static Exchange Upgrade { get; } = new(
        Encoding.ASCII.GetBytes(
            "GET /ws HTTP/1.1\r\nHost: edge.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {HttpConnection.WebSocketKey}\r\n\r\n"),
        "HTTP/1.1 101",
        "\r\n\r\n",
        1);

    internal byte[] Request { get; }

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
}
