using System.Buffers;

namespace EdgeGate.Http.Upstream.Framing;

/// <summary>
/// Reads lines of a header or trailer section, by the letter of RFC 9112: a line ends with CRLF and nothing else, a name
/// is a token up to its colon, a value has no control characters but tabs, and no line continues another.
/// </summary>
internal static class FieldLine
{
    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // RFC 9110, section 5.5: everything but HTAB, SP, VCHAR and obs-text.
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    /// <summary>Finds the end of a line, from its start.</summary>
    /// <param name="bytes">From the line's start on.</param>
    /// <param name="length">Its length, without CRLF.</param>
    internal static OperationStatus FindEnd(ReadOnlySpan<byte> bytes, out int length)
    {
        int end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        length = Math.Max(end, 0);
        if (end < 0 || (bytes[end] == '\r' && end + 1 == bytes.Length))
        {
            return OperationStatus.NeedMoreData;
        }

        return bytes[end] == '\r' && bytes[end + 1] == '\n' ? OperationStatus.Done : OperationStatus.InvalidData;
    }

    /// <summary>Takes a line, without its CRLF, apart; false if it is malformed.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">Where it begins in the bytes that the field refers to.</param>
    /// <param name="field">Name and value, the value without white space around it.</param>
    internal static bool TryRead(ReadOnlySpan<byte> line, int start, out HeaderField field)
    {
        field = default;
        int colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(Token) || !IsText(line[(colon + 1)..]))
        {
            return false;
        }

        int value = colon + 1;
        int end = line.Length;
        while (value < end && IsBlank(line[value]))
        {
            value++;
        }

        while (end > value && IsBlank(line[end - 1]))
        {
            end--;
        }

        field = new HeaderField(start, colon, start + value, end - value);
        return true;
    }

    /// <summary>Whether there are no control characters but tabs.</summary>
    internal static bool IsText(ReadOnlySpan<byte> bytes) => !bytes.ContainsAny(Controls);

    private static bool IsBlank(byte one) => one is (byte)' ' or (byte)'\t';
}
