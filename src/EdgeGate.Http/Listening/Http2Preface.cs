using System.Buffers;

namespace EdgeGate.Http.Listening;

/// <summary>The 24 bytes that open an HTTP/2 connection (RFC 9113, section 3.4); no HTTP/1 request can begin so.</summary>
internal static class Http2Preface
{
    private static ReadOnlySpan<byte> Bytes => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Whether <paramref name="received"/> opens with the preface; null when more bytes must tell.</summary>
    public static bool? Matches(in ReadOnlySequence<byte> received)
    {
        var rest = Bytes;
        foreach (var segment in received)
        {
            var length = Math.Min(rest.Length, segment.Length);
            if (!segment.Span[..length].SequenceEqual(rest[..length]))
            {
                return false;
            }

            rest = rest[length..];
            if (rest.IsEmpty)
            {
                return true;
            }
        }

        return null;
    }
}
