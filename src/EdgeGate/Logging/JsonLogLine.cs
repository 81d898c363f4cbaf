using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeGate.Logging;

/// <summary>One JSON object a line; whatever a client sent is escaped, so that it cannot begin a line of its own.</summary>
internal sealed class JsonLogLine(ArrayBufferWriter<byte> target) : ILogLine, ILogFormatter, IDisposable
{
    private readonly Utf8JsonWriter _json = new(
        target, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    private long _milliseconds = long.MinValue;
    private string _time = ""; // of those milliseconds: many lines have the same

    public void Format(LogEntry entry)
    {
        _json.Reset(target);
        _json.WriteStartObject();
        entry.Write(this);
        _json.WriteEndObject();
        _json.Flush();
        target.Write("\n"u8);
    }

    public void Text(string name, string? value)
    {
        if (value is not null)
        {
            _json.WriteString(name, value);
        }
    }

    public void Number(string name, long? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(name, number);
        }
    }

    public void Seconds(string name, TimeSpan? value)
    {
        if (value is { } time)
        {
            _json.WriteNumber(name, Math.Round(time.TotalSeconds, 6));
        }
    }

    public void Time(string name, DateTimeOffset value)
    {
        if (value.ToUnixTimeMilliseconds() != _milliseconds)
        {
            _milliseconds = value.ToUnixTimeMilliseconds();
            _time = value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        }

        _json.WriteString(name, _time);
    }

    public void Flag(string name, bool value)
    {
        if (value)
        {
            _json.WriteBoolean(name, value);
        }
    }

    public void Dispose() => _json.Dispose();
}
