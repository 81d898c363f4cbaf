using System.Buffers;

namespace EdgeGate.Logging;

/// <summary>
/// <c>key=value</c> pairs. A value that is empty or holds more than letters, digits and a few signs stands in quotes, with
/// JSON's escapes.
/// </summary>
internal sealed class TextLogLine(ArrayBufferWriter<byte> target) : LogLine(target)
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;%");

    private bool _isFirst;

    protected override void Begin() => _isFirst = true;

    protected override void Begin(ReadOnlySpan<byte> name)
    {
        if (!_isFirst)
        {
            Append(" "u8);
        }

        Append(name);
        Append("="u8);
        _isFirst = false;
    }

    protected override void AppendText(string value)
    {
        if (value.Length > 0 && !value.AsSpan().ContainsAnyExcept(Plain))
        {
            AppendAscii(value);
        }
        else
        {
            AppendEscaped(value);
        }
    }

    protected override void AppendQuoted(ReadOnlySpan<byte> value) => Append(value);

    protected override void End() => Append("\n"u8);
}
