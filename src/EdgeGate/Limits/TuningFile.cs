using System.Collections.Immutable;
using EdgeGate.Configuration;
using EdgeGate.Native.Kernel;

namespace EdgeGate.Limits;

/// <summary>What the operator wants the kernel to be, in the format of sysctl.d(5).</summary>
internal sealed record TuningFile
{
    public required string Name { get; init; }

    /// <summary>The last wish for each key, in the order of the file.</summary>
    public ImmutableArray<TuningEntry> Entries { get; init; } = [];

    /// <summary>Lines with a pattern for a key, which cannot be compared: line and text.</summary>
    public ImmutableArray<(int Line, string Text)> Patterns { get; init; } = [];

    public ImmutableArray<ConfigurationError> Errors { get; init; } = [];

    public static TuningFile Read(string file)
    {
        try
        {
            return Parse(file, File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var why = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message;
            return new TuningFile { Name = file, Errors = [new ConfigurationError(file, "", why)] };
        }
    }

    public static TuningFile Parse(string name, string text)
    {
        var entries = new Dictionary<SysctlKey, TuningEntry>();
        var patterns = ImmutableArray.CreateBuilder<(int, string)>();
        var errors = ImmutableArray.CreateBuilder<ConfigurationError>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
            {
                continue;
            }

            if (line.Split('=')[0].AsSpan().ContainsAny("*?["))
            {
                patterns.Add((i + 1, line));
            }
            else if (ParseLine(line, i + 1, out var entry) is { } problem)
            {
                errors.Add(new ConfigurationError(name, "", problem) { Line = i + 1 });
            }
            else if (entry is not null)
            {
                entries[entry.Key] = entry;
            }
        }

        return new TuningFile
        {
            Name = name,
            Entries = [.. entries.Values.OrderBy(e => e.Line)],
            Patterns = patterns.ToImmutable(),
            Errors = errors.ToImmutable(),
        };
    }

    // Gives what is wrong with the line, or null. "-key" alone, which takes a key out of a pattern, is no entry.
    private static string? ParseLine(string line, int number, out TuningEntry? entry)
    {
        entry = null;
        var optional = line[0] == '-';
        var halves = line[(optional ? 1 : 0)..].Split('=', 2, StringSplitOptions.TrimEntries);
        if (!SysctlKey.TryParse(halves[0], out var key))
        {
            return halves.Length == 1
                ? $"'{line}' has no '='; write it as net.core.somaxconn = 65535"
                : $"'{halves[0]}' is not the name of a kernel setting, such as net.core.somaxconn";
        }

        if (halves.Length == 1)
        {
            return optional ? null : $"'{line}' has no '='; write it as {key} = value";
        }

        if (halves[1].Length == 0)
        {
            return $"{key} has no value";
        }

        var words = halves[1].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        entry = new TuningEntry(key, string.Join(' ', words), number, optional);
        return null;
    }
}
