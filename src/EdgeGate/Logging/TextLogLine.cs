using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace EdgeGate.Logging;

/// <summary>
/// <c>key=value</c> pairs. A value that is empty or holds more than letters, digits and a few signs stands in quotes, with
/// JSON's escapes, so that what a client sent can begin neither a pair nor a line of its own.
/// </summary>
internal sealed class TextLogLine(ArrayBufferWriter<byte> target) : ILogLine, ILogFormatter
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;%");

    private readonly StringBuilder _line = new();

    public void Format(LogEntry entry)
    {
        _line.Clear();
        entry.Write(this);
        _line.Append('\n');
        foreach (ReadOnlyMemory<char> chunk in _line.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, target);
        }
    }

    public void Text(string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        Begin(name);
        if (value.Length > 0 && !value.AsSpan().ContainsAnyExcept(Plain))
        {
            _line.Append(value);
        }
        else
        {
            _line.Append('"').Append(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value)).Append('"');
        }
    }

    public void Number(string name, long? value)
    {
        if (value is { } number)
        {
            Begin(name).Append(CultureInfo.InvariantCulture, $"{number}");
        }
    }

    public void Seconds(string name, TimeSpan? value)
    {
        if (value is { } time)
        {
            Begin(name).Append(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.######}");
        }
    }

    public void Time(string name, DateTimeOffset value) =>
        Begin(name).Append(CultureInfo.InvariantCulture, $"{value.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");

    public void Flag(string name, bool value)
    {
        if (value)
        {
            Begin(name).Append("true");
        }
    }

    private StringBuilder Begin(string name) =>
        (_line.Length > 0 ? _line.Append(' ') : _line).Append(name).Append('=');
}
