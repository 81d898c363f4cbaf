using System.Buffers;
using System.Diagnostics;

namespace EdgeGate.Http.Upstream.Framing;

/// <summary>
/// Takes the chunks (RFC 9112, section 7.1) out of a body, in place, in pieces of any size.
/// <code>
///   Size --CRLF--> Data --size bytes--> DataEnd --CRLF--> Size
///     '--CRLF after a zero--> Trailer --empty line--> Done
/// </code>
/// </summary>
internal struct ChunkedDecoder
{
    // A size line is a number and perhaps extensions that nobody uses; more is an attack on the reader's memory.
    private const int MaxSizeLine = 4096;
    private const int MaxTrailerBytes = 16 * 1024;

    private State _state;
    private SizePart _part;
    private int _lineLength;
    private bool _afterReturn;
    private long _size;
    private byte[]? _trailer;
    private int _trailerLength;

    private enum State
    {
        Size,
        Data,
        DataEnd,
        Trailer,
        Done,
    }

    private enum SizePart
    {
        First,
        Digits,
        Blank,
        Extension,
    }

    /// <summary>The trailer section, lines with their CRLF, once all is done.</summary>
    internal readonly ReadOnlySpan<byte> Trailer => _trailer.AsSpan(0, _trailerLength);

    /// <summary>Decodes in place: the content moves to the front.</summary>
    /// <param name="bytes">What has come since the last call.</param>
    /// <param name="consumed">How many bytes belonged to the body; fewer than there are only when done.</param>
    /// <param name="written">How many bytes of content are now at the front.</param>
    internal OperationStatus Decode(Span<byte> bytes, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        while (consumed < bytes.Length && _state != State.Done)
        {
            if (_state == State.Data)
            {
                int length = (int)Math.Min(_size, bytes.Length - consumed);
                bytes.Slice(consumed, length).CopyTo(bytes[written..]);
                written += length;
                consumed += length;
                _size -= length;
                _state = _size == 0 ? State.DataEnd : State.Data;
            }
            else if (!TakeByte(bytes[consumed++]))
            {
                return OperationStatus.InvalidData;
            }
        }

        return _state == State.Done ? OperationStatus.Done : OperationStatus.NeedMoreData;
    }

    private bool TakeByte(byte one) => _state switch
    {
        State.Size => TakeSize(one),
        State.DataEnd => TakeDataEnd(one),
        State.Trailer => TakeTrailer(one),
        _ => throw new UnreachableException(),
    };

    private bool TakeSize(byte one)
    {
        if (_afterReturn)
        {
            return one == '\n' && EndSize();
        }

        if (++_lineLength > MaxSizeLine)
        {
            return false;
        }

        switch (_part)
        {
            case SizePart.First or SizePart.Digits when char.IsAsciiHexDigit((char)one):
                _part = SizePart.Digits;
                if (_size > long.MaxValue >> 4)
                {
                    return false;
                }

                _size = (_size << 4) | (uint)HexValue(one);
                return true;
            case SizePart.First:
                return false;
            case SizePart.Extension when one is (byte)'\t' or >= 0x20 and not 0x7f:
                return true;
            case not SizePart.Extension when one is (byte)' ' or (byte)'\t':
                _part = SizePart.Blank; // some upstreams pad their sizes
                return true;
            case not SizePart.Extension when one == ';':
                _part = SizePart.Extension;
                return true;
            default:
                _afterReturn = one == '\r';
                return _afterReturn;
        }
    }

    private bool EndSize()
    {
        _state = _size == 0 ? State.Trailer : State.Data;
        _part = SizePart.First;
        _lineLength = 0;
        _afterReturn = false;
        return true;
    }

    private bool TakeDataEnd(byte one)
    {
        if (!_afterReturn)
        {
            _afterReturn = one == '\r';
            return _afterReturn;
        }

        _afterReturn = false;
        _state = State.Size;
        return one == '\n';
    }

    private bool TakeTrailer(byte one)
    {
        if (_afterReturn)
        {
            return one == '\n' && EndTrailerLine();
        }

        if (one == '\r')
        {
            _afterReturn = true;
            return true;
        }

        if (one == '\n' || _trailerLength + 2 >= MaxTrailerBytes)
        {
            return false;
        }

        _lineLength++;
        AppendTrailer(one);
        return true;
    }

    private bool EndTrailerLine()
    {
        _afterReturn = false;
        if (_lineLength == 0)
        {
            _state = State.Done;
            return true;
        }

        bool isGood = FieldLine.TryRead(_trailer.AsSpan(_trailerLength - _lineLength, _lineLength), 0, out _);
        _lineLength = 0;
        AppendTrailer((byte)'\r');
        AppendTrailer((byte)'\n');
        return isGood;
    }

    private void AppendTrailer(byte one)
    {
        if (_trailer is null || _trailerLength == _trailer.Length)
        {
            Array.Resize(ref _trailer, Math.Max(128, 2 * _trailerLength));
        }

        _trailer[_trailerLength++] = one;
    }

    private static int HexValue(byte digit) =>
        digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
