namespace EdgeGate.Configuration;

/// <summary>Something wrong with a configuration, told so that its writer can mend it without a search.</summary>
/// <param name="Source">The file, or the environment variable.</param>
/// <param name="Path">The key, such as <c>EdgeGate:Listeners:web:Bind</c>; empty for the whole file.</param>
/// <param name="Message">What is wrong and, where possible, what to write.</param>
internal sealed record ConfigurationError(string Source, string Path, string Message)
{
    /// <summary>The line in <see cref="Source"/>, from 1; null if it has none.</summary>
    public int? Line { get; init; }

    /// <summary>The column, from 1; null if it has none.</summary>
    public int? Column { get; init; }

    public override string ToString()
    {
        var place = (Line, Column) switch
        {
            (null, _) => Source,
            ({ } line, null) => $"{Source}:{line}",
            ({ } line, { } column) => $"{Source}:{line}:{column}",
        };
        return Path.Length == 0 ? $"{place}: {Message}" : $"{place}: {Path}: {Message}";
    }
}
