using System.Buffers;

namespace EdgeGate.Logging;

/// <summary>One JSON object a line.</summary>
internal sealed class JsonLogLine(ArrayBufferWriter<byte> target) : LogLine(target)
{
    // RFC 8259, section 7, has only quote, backslash and control characters escaped; the rest of ASCII goes as it is.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    private bool _isFirst;

    protected override void Begin()
    {
        Append("{"u8);
        _isFirst = true;
    }

    protected override void Begin(ReadOnlySpan<byte> name)
    {
        Append(_isFirst ? "\""u8 : ",\""u8);
        Append(name);
        Append("\":"u8);
        _isFirst = false;
    }

    protected override void AppendText(string value)
    {
        if (value.AsSpan().ContainsAnyExcept(Plain))
        {
            AppendEscaped(value);
            return;
        }

        Append("\""u8);
        AppendAscii(value);
        Append("\""u8);
    }

    protected override void AppendQuoted(ReadOnlySpan<byte> value)
    {
        Append("\""u8);
        Append(value);
        Append("\""u8);
    }

    protected override void End() => Append("}\n"u8);
}
