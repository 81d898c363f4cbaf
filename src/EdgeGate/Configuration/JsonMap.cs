using System.Text;
using System.Text.Json;

namespace EdgeGate.Configuration;

/// <summary>
/// Where each key of a JSON configuration stands, and what is wrong with its form: syntax, and keys given
/// twice, which .NET's configuration would compare without regard to case.
/// </summary>
internal sealed class JsonMap
{
    private static readonly JsonReaderOptions Leniency =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly Dictionary<string, (int Line, int Column)> _places = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ConfigurationError> _errors = [];
    private readonly string _source;
    private readonly byte[] _text;
    private long _counted;
    private int _line = 1;
    private long _lineStart;

    private JsonMap(string source, byte[] text) => (_source, _text) = (source, text);

    public IReadOnlyList<ConfigurationError> Errors => _errors;

    public static JsonMap Read(string source, byte[] text)
    {
        var map = new JsonMap(source, text);
        var reader = new Utf8JsonReader(text, Leniency);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                map.Add(map.Place(reader.TokenStartIndex), "", "the file must hold one JSON object: { \"EdgeGate\": { } }");
                return map;
            }

            map.ReadObject(ref reader, "");
            _ = reader.Read();
        }
        catch (JsonException e)
        {
            map.Add(((int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1), "", Explain(e));
        }

        return map;
    }

    /// <summary>Where a key stands, or the nearest key above it that is in the file.</summary>
    public (int Line, int Column)? Find(string path)
    {
        while (path.Length > 0)
        {
            if (_places.TryGetValue(path, out var place))
            {
                return place;
            }

            path = path[..Math.Max(0, path.LastIndexOf(':'))];
        }

        return null;
    }

    private static string Explain(JsonException e)
    {
        // The message ends with a position that counts from zero; ours, which counts from one, stands before it.
        var position = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return "not valid JSON: " + (position < 0 ? e.Message : e.Message[..position]);
    }

    private void ReadObject(ref Utf8JsonReader reader, string path)
    {
        var seen = new Dictionary<string, (string Name, int Line)>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString() ?? "";
            var place = Place(reader.TokenStartIndex);
            var child = path.Length == 0 ? name : path + ":" + name;
            if (seen.TryGetValue(name, out var first))
            {
                Add(place, child, first.Name == name
                    ? $"the key is given twice, first on line {first.Line}; keep one"
                    : $"'{name}' and '{first.Name}' (line {first.Line}) differ only by case and so are one key; keep one");
            }

            seen[name] = (name, place.Line);
            _places.TryAdd(child, place);
            _ = reader.Read();
            ReadValue(ref reader, child);
        }
    }

    private void ReadValue(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref reader, path);
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                _places.TryAdd($"{path}:{i}", Place(reader.TokenStartIndex));
                ReadValue(ref reader, $"{path}:{i}");
            }
        }
    }

    // Offsets only grow, so each byte is counted once.
    private (int Line, int Column) Place(long offset)
    {
        for (; _counted < offset; _counted++)
        {
            if (_text[_counted] == '\n')
            {
                _line++;
                _lineStart = _counted + 1;
            }
        }

        return (_line, Encoding.UTF8.GetCharCount(_text, (int)_lineStart, (int)(offset - _lineStart)) + 1);
    }

    private void Add((int Line, int Column) place, string path, string message) =>
        _errors.Add(new ConfigurationError(_source, path, message) { Line = place.Line, Column = place.Column });
}
