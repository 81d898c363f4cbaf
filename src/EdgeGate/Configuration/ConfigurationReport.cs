namespace EdgeGate.Configuration;

/// <summary>Collects everything that is wrong, each once, with its place.</summary>
/// <param name="source">The file's name.</param>
/// <param name="map">Where its keys stand.</param>
/// <param name="variables">The environment variables that override it, by path.</param>
internal sealed class ConfigurationReport(string source, JsonMap map, IReadOnlyDictionary<string, string> variables)
{
    private readonly List<ConfigurationError> _errors = [];
    private readonly List<ConfigurationError> _warnings = [];
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<ConfigurationError> Errors => InOrder(_errors);

    public IReadOnlyList<ConfigurationError> Warnings => InOrder(_warnings);

    /// <summary>Every key that was asked for, there or not: what exists below the sections that were read.</summary>
    public IReadOnlyCollection<string> AskedKeys => _asked;

    public void Asked(string path) => _asked.Add(path);

    public void Error(string path, string message) => Add(_errors, Locate(path, message));

    public void Warning(string path, string message) => Add(_warnings, Locate(path, message));

    public void Add(ConfigurationError error) => Add(_errors, error);

    private static List<ConfigurationError> InOrder(List<ConfigurationError> list) =>
        [.. list.OrderBy(e => e.Line ?? 0).ThenBy(e => e.Column ?? 0)];

    private static void Add(List<ConfigurationError> list, ConfigurationError error)
    {
        if (!list.Contains(error))
        {
            list.Add(error);
        }
    }

    private ConfigurationError Locate(string path, string message)
    {
        if (variables.TryGetValue(path, out var variable))
        {
            return new ConfigurationError("environment variable " + variable, path, message);
        }

        var place = map.Find(path);
        return new ConfigurationError(source, path, message) { Line = place?.Line, Column = place?.Column };
    }
}
