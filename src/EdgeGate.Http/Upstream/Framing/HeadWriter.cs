using System.Buffers;
using System.Text;

namespace EdgeGate.Http.Upstream.Framing;

/// <summary>
/// Bytes of one thread, to put a request's head or a chunk together in before it is sent: a connection that waits for
/// its answer holds no buffer.
/// </summary>
internal sealed class HeadWriter
{
    private const int InitialBytes = 16 * 1024;
    private const int MaxBytes = 1024 * 1024;

    [ThreadStatic]
    private static HeadWriter? s_current;

    // What would end a header field early and begin another: RFC 9110, section 5.5.
    private static readonly SearchValues<char> Breaks = SearchValues.Create("\r\n\0");

    private byte[] _bytes = new byte[InitialBytes];
    private int _length;

    /// <summary>The calling thread's, empty.</summary>
    internal static HeadWriter Current
    {
        get
        {
            HeadWriter writer = s_current ??= new HeadWriter();
            writer._length = 0;
            return writer;
        }
    }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Writes text of visible ASCII characters.</summary>
    /// <exception cref="HttpRequestException">It has others.</exception>
    internal void WriteVisible(string text)
    {
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new HttpRequestException("The request's target or method has characters that HTTP does not allow there.");
        }

        _length += Encoding.Latin1.GetBytes(text, Reserve(text.Length));
    }

    /// <summary>Writes one header line. Characters are bytes (Latin-1), as Kestrel read them.</summary>
    /// <exception cref="HttpRequestException">The value has a line's end in it.</exception>
    internal void WriteField(string name, string value)
    {
        if (value.AsSpan().ContainsAny(Breaks))
        {
            throw new HttpRequestException($"The value of the request header {name} has a line's end in it.");
        }

        Span<byte> to = Reserve(name.Length + value.Length + 4);
        int at = Encoding.ASCII.GetBytes(name, to);
        to[at++] = (byte)':';
        to[at++] = (byte)' ';
        at += Encoding.Latin1.GetBytes(value, to[at..]);
        to[at++] = (byte)'\r';
        to[at++] = (byte)'\n';
        _length += at;
    }

    internal void WriteNumber(long number, ReadOnlySpan<char> format = default)
    {
        _ = number.TryFormat(Reserve(20), out int written, format, System.Globalization.CultureInfo.InvariantCulture);
        _length += written;
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            int wanted = _length + count;
            if (wanted > MaxBytes)
            {
                throw new HttpRequestException("The request's header is too long.");
            }

            Array.Resize(ref _bytes, Math.Max(wanted, 2 * _bytes.Length));
        }

        return _bytes.AsSpan(_length);
    }
}
