namespace EdgeGate.Http.Tls;

/// <summary>
/// Finds what belongs to a server name: exact before wildcard, and the first entry for names that none has. A
/// wildcard stands for one whole left-most label (RFC 6125, section 6.4.3). The first to claim a name keeps it.
/// </summary>
internal sealed class ServerNameTable<T>
    where T : class
{
    private readonly Dictionary<string, T> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, T> _wildcards = new(StringComparer.OrdinalIgnoreCase);
    private readonly T _default;

    public ServerNameTable(IEnumerable<(IReadOnlyList<string> Names, T Value)> entries)
    {
        T? first = null;
        foreach (var (names, value) in entries)
        {
            first ??= value;
            foreach (var name in names)
            {
                _ = name.StartsWith("*.", StringComparison.Ordinal)
                    ? _wildcards.TryAdd(name[1..], value)
                    : _exact.TryAdd(name, value);
            }
        }

        _default = first ?? throw new ArgumentException("at least one entry is needed", nameof(entries));
    }

    public T Find(string? serverName)
    {
        var name = serverName?.TrimEnd('.') ?? "";
        if (_exact.TryGetValue(name, out var found))
        {
            return found;
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _wildcards.TryGetValue(name[dot..], out found) ? found : _default;
    }
}
