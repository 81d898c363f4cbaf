using System.Buffers;
using System.Text;

namespace EdgeGate.Http.Upstream.Framing;

/// <summary>
/// A response's status line and header section. What decides where the response ends is read strictly, and anything that
/// two parties could read differently is refused, because whoever guesses otherwise than the upstream meant gives one
/// client's answer to another (RFC 9112, sections 11.1 and 11.2).
/// </summary>
internal struct ResponseHead
{
    /// <summary>The longest head that is read, in bytes.</summary>
    internal const int MaxBytes = 64 * 1024;

    private const int MinStatusLine = 12; // HTTP/1.1 200
    private const int NoLength = -1;

    private bool _hasLength;
    private bool _hasTransferEncoding;
    private bool _saysKeepAlive;

    /// <summary>The status code, 100 to 999.</summary>
    internal int Status { get; private set; }

    /// <summary>The minor version: 0, or 1 for anything later.</summary>
    internal int Minor { get; private set; }

    /// <summary>Where the reason phrase begins, and its length.</summary>
    internal (int Start, int Length) Reason { get; private set; }

    /// <summary>The length of the whole head in bytes, its empty line included.</summary>
    internal int Length { get; private set; }

    /// <summary>What Content-Length says; negative if it says nothing.</summary>
    internal long ContentLength { get; private set; }

    /// <summary>Whether the body is chunked.</summary>
    internal readonly bool IsChunked => _hasTransferEncoding;

    /// <summary>Whether the upstream says that it closes the connection.</summary>
    internal bool SaysClose { get; private set; }

    /// <summary>Whether the connection may carry another exchange: RFC 9112, section 9.3.</summary>
    internal readonly bool IsPersistent => !SaysClose && (Minor > 0 || _saysKeepAlive);

    /// <summary>Whether another response follows for the same request: RFC 9110, section 15.2.</summary>
    internal readonly bool IsInterim => Status < 200 && Status != 101;

    /// <summary>How the end of the body is known.</summary>
    /// <param name="toHead">Whether the request was a HEAD.</param>
    internal readonly BodyKind BodyAfter(bool toHead)
    {
        if (Status == 101)
        {
            return BodyKind.Upgraded;
        }

        if (toHead || Status < 200 || Status is 204 or 304)
        {
            return BodyKind.None;
        }

        return IsChunked ? BodyKind.Chunked
            : ContentLength > 0 ? BodyKind.Length
            : ContentLength == 0 ? BodyKind.None
            : BodyKind.UntilClose;
    }

    /// <summary>Reads a head from the start of what has come.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="fields">Gets the header fields; what it held is thrown away.</param>
    /// <param name="head">What was read; only good when done.</param>
    internal static OperationStatus Read(ReadOnlySpan<byte> bytes, List<HeaderField> fields, out ResponseHead head)
    {
        head = new ResponseHead { ContentLength = NoLength };
        fields.Clear();
        int at = 0;
        while (true)
        {
            OperationStatus status = FieldLine.FindEnd(bytes[at..], out int length);
            int next = at + length + 2;
            if (status == OperationStatus.InvalidData || next > MaxBytes || (status != OperationStatus.Done && bytes.Length >= MaxBytes))
            {
                return OperationStatus.InvalidData;
            }

            if (status != OperationStatus.Done)
            {
                return status;
            }

            if (length == 0 && at > 0)
            {
                head.Length = next;
                return head.IsConsistent() ? OperationStatus.Done : OperationStatus.InvalidData;
            }

            if (!(at == 0 ? head.ReadStatusLine(bytes[..length]) : head.ReadField(bytes, at, length, fields)))
            {
                return OperationStatus.InvalidData;
            }

            at = next;
        }
    }

    /// <summary>RFC 9112, section 4. The space before a reason that is not there is often left out.</summary>
    private bool ReadStatusLine(ReadOnlySpan<byte> line)
    {
        if (line.Length < MinStatusLine || !line.StartsWith("HTTP/1."u8)
            || !char.IsAsciiDigit((char)line[7]) || line[8] != ' '
            || !char.IsAsciiDigit((char)line[9]) || !char.IsAsciiDigit((char)line[10]) || !char.IsAsciiDigit((char)line[11])
            || (line.Length > MinStatusLine && line[MinStatusLine] != ' ')
            || !FieldLine.IsText(line[MinStatusLine..]))
        {
            return false;
        }

        Minor = line[7] == '0' ? 0 : 1;
        Status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + line[11] - '0';
        Reason = (Math.Min(MinStatusLine + 1, line.Length), Math.Max(0, line.Length - MinStatusLine - 1));
        return Status >= 100;
    }

    private bool ReadField(ReadOnlySpan<byte> bytes, int at, int length, List<HeaderField> fields)
    {
        if (!FieldLine.TryRead(bytes.Slice(at, length), at, out HeaderField field))
        {
            return false;
        }

        fields.Add(field);
        ReadOnlySpan<byte> name = field.NameIn(bytes);
        ReadOnlySpan<byte> value = field.ValueIn(bytes);
        switch (name.Length)
        {
            case 14 when Ascii.EqualsIgnoreCase(name, "Content-Length"u8):
                return ReadLength(value);
            case 17 when Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8):
                // We ask for no other coding, and could not undo one.
                bool isFirst = !_hasTransferEncoding;
                _hasTransferEncoding = true;
                return isFirst && Ascii.EqualsIgnoreCase(value, "chunked"u8);
            case 10 when Ascii.EqualsIgnoreCase(name, "Connection"u8):
                ReadConnection(value);
                return true;
            default:
                return true;
        }
    }

    /// <summary>Digits only, and only once: a list of equal lengths (RFC 9110, section 8.6) is refused with the others.</summary>
    private bool ReadLength(ReadOnlySpan<byte> value)
    {
        if (_hasLength || value.IsEmpty || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        _hasLength = true;
        long length = 0;
        foreach (byte digit in value)
        {
            if (length > (long.MaxValue - (digit - '0')) / 10)
            {
                return false;
            }

            length = (length * 10) + digit - '0';
        }

        ContentLength = length;
        return true;
    }

    private void ReadConnection(ReadOnlySpan<byte> value)
    {
        foreach (Range range in value.Split((byte)','))
        {
            ReadOnlySpan<byte> option = value[range].Trim(" \t"u8);
            SaysClose |= Ascii.EqualsIgnoreCase(option, "close"u8);
            _saysKeepAlive |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
        }
    }

    /// <summary>RFC 9112, section 6.1: never both; and HTTP/1.0 has no chunks.</summary>
    private readonly bool IsConsistent() => !_hasTransferEncoding || (!_hasLength && Minor > 0);
}
