namespace EdgeGate.Admin;

/// <summary>What connections can be sorted by, and in which direction unless one says otherwise.</summary>
internal sealed class ConnectionOrder
{
    private static readonly Dictionary<string, (Func<ConnectionRow, IComparable> Value, bool LargestFirst)> Keys =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["id"] = (row => row.Connection.Id, false),
            ["listener"] = (row => row.Connection.Listener, false),
            ["source"] = (row => row.Connection.Source, false),
            ["destination"] = (row => row.Connection.Destination, false),
            ["state"] = (row => row.Connection.State, false),
            ["age"] = (row => row.Connection.Age, true),
            ["idle"] = (row => row.Connection.Idle, true),
            ["bytesIn"] = (row => row.Connection.BytesReceived, true),
            ["bytesOut"] = (row => row.Connection.BytesSent, true),
            ["rate"] = (row => row.Rate, true),
            ["rtt"] = (row => row.Connection.Tcp?.RoundTripTime ?? TimeSpan.Zero, true),
            ["retransmits"] = (row => (long)(row.Connection.Tcp?.Retransmits ?? 0), true),
            ["unacknowledged"] = (row => (long)(row.Connection.Tcp?.Unacknowledged ?? 0), true),
            ["notSentBytes"] = (row => (long)(row.Connection.Tcp?.NotSentBytes ?? 0), true),
            ["upstreamBytesIn"] = (row => row.Connection.UpstreamBytesReceived ?? 0, true),
            ["upstreamBytesOut"] = (row => row.Connection.UpstreamBytesSent ?? 0, true),
            ["requests"] = (row => row.Connection.Requests ?? 0, true),
            ["streams"] = (row => row.Connection.Streams ?? 0, true),
        };

    private readonly Func<ConnectionRow, IComparable> _value;
    private readonly bool _largestFirst;

    private ConnectionOrder(Func<ConnectionRow, IComparable> value, bool largestFirst) =>
        (_value, _largestFirst) = (value, largestFirst);

    /// <summary>The names of the keys. A rate is known where one snapshot follows another: at <c>/events</c>.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [.. Keys.Keys.Where(key => key != "rate")];

    /// <param name="key">The key; null: the id.</param>
    /// <param name="direction"><c>asc</c>, <c>desc</c>, or null: what is usual for the key.</param>
    /// <param name="hasRates">Whether the rows have rates.</param>
    /// <param name="error">What is wrong, if the answer is null.</param>
    public static ConnectionOrder? Read(string? key, string? direction, bool hasRates, out string error)
    {
        error = "";
        key ??= "id";
        if (!Keys.TryGetValue(key, out var found) || (!hasRates && !Names.Contains(key, StringComparer.OrdinalIgnoreCase)))
        {
            error = $"sort={key}: sort by one of {string.Join(", ", hasRates ? Keys.Keys : Names)}.";
            return null;
        }

        switch (direction?.ToLowerInvariant())
        {
            case null:
                return new ConnectionOrder(found.Value, found.LargestFirst);
            case "asc":
                return new ConnectionOrder(found.Value, largestFirst: false);
            case "desc":
                return new ConnectionOrder(found.Value, largestFirst: true);
            default:
                error = $"order={direction}: write asc or desc.";
                return null;
        }
    }

    public IEnumerable<ConnectionRow> Sort(IEnumerable<ConnectionRow> rows) =>
        _largestFirst ? rows.OrderByDescending(_value) : rows.OrderBy(_value);
}
