using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace EdgeGate.Logging;

/// <summary>
/// Lines under construction, written as UTF-8 where they will lie. A value that is null is left out. Whatever a client sent
/// is escaped, so that it can begin neither a field nor a line of its own.
/// </summary>
internal abstract class LogLine(ArrayBufferWriter<byte> target)
{
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private readonly byte[] _time = new byte[24]; // of the last line's millisecond: many lines have the same
    private long _timeOf = long.MinValue;

    /// <summary>Appends an entry's line, its end included.</summary>
    public void Format(LogEntry entry)
    {
        Begin();
        entry.Write(this);
        End();
    }

    /// <summary>A text; null is none.</summary>
    public void Text(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            Begin(name);
            AppendText(value);
        }
    }

    /// <summary>A whole number.</summary>
    public void Number(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            Begin(name);
            number.TryFormat(target.GetSpan(20), out int written, default, CultureInfo.InvariantCulture);
            target.Advance(written);
        }
    }

    /// <summary>Seconds, to the microsecond.</summary>
    public void Seconds(ReadOnlySpan<byte> name, TimeSpan? value)
    {
        if (value is { } time)
        {
            Begin(name);
            target.Advance(Utf8Text.WriteSeconds(time, target.GetSpan(Utf8Text.SecondsBytes)));
        }
    }

    /// <summary>UTC, to the millisecond: RFC 3339.</summary>
    public void Time(ReadOnlySpan<byte> name, DateTimeOffset value)
    {
        if (value.ToUnixTimeMilliseconds() is var milliseconds && milliseconds != _timeOf)
        {
            _timeOf = milliseconds;
            value.UtcDateTime.TryFormat(_time, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        }

        Begin(name);
        AppendQuoted(_time);
    }

    /// <summary>An address and a port; of a Unix socket, which has neither, <c>unix:</c>.</summary>
    public void EndPoint(ReadOnlySpan<byte> name, IPAddress? address, int port)
    {
        if (address is null)
        {
            Text(name, "unix:");
            return;
        }

        Span<byte> text = stackalloc byte[Utf8Text.EndPointBytes];
        Begin(name);
        AppendQuoted(text[..Utf8Text.WriteEndPoint(address, port, text)]);
    }

    /// <summary>A mark that is there or not.</summary>
    public void Flag(ReadOnlySpan<byte> name, bool value)
    {
        if (value)
        {
            Begin(name);
            Append("true"u8);
        }
    }

    /// <summary>Begins a line.</summary>
    protected abstract void Begin();

    /// <summary>Begins a field.</summary>
    protected abstract void Begin(ReadOnlySpan<byte> name);

    /// <summary>Appends a text as the format has it.</summary>
    protected abstract void AppendText(string value);

    /// <summary>Appends what is known to need no escapes, as the format has texts.</summary>
    protected abstract void AppendQuoted(ReadOnlySpan<byte> value);

    /// <summary>Ends a line.</summary>
    protected abstract void End();

    /// <summary>Appends bytes as they are.</summary>
    protected void Append(ReadOnlySpan<byte> bytes) => target.Write(bytes);

    /// <summary>Appends letters of ASCII as they are.</summary>
    protected void AppendAscii(string value)
    {
        Ascii.FromUtf16(value, target.GetSpan(value.Length + 1), out int written);
        target.Advance(written);
    }

    /// <summary>Appends a text between quotes, with JSON's escapes.</summary>
    protected void AppendEscaped(string value)
    {
        Append("\""u8);
        Encoding.UTF8.GetBytes(Encoder.Encode(value), target);
        Append("\""u8);
    }
}
