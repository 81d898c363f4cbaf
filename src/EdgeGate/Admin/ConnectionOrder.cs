namespace EdgeGate.Admin;

/// <summary>What connections can be sorted by, and in which direction unless one says otherwise.</summary>
internal sealed class ConnectionOrder
{
    /// <summary>Sorts rows by a key, the largest first if so asked.</summary>
    private delegate IEnumerable<ConnectionRow> Sorter(IEnumerable<ConnectionRow> rows, bool largestFirst);

    private static readonly Dictionary<string, (Sorter Sort, bool LargestFirst)> Keys =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["id"] = (By(row => row.Connection.Id), false),
            ["listener"] = (By(row => row.Connection.Listener), false),
            ["source"] = (By(row => row.Connection.Source), false),
            ["destination"] = (By(row => row.Connection.Destination), false),
            ["state"] = (By(row => row.Connection.State), false),
            ["age"] = (By(row => row.Connection.Age), true),
            ["idle"] = (By(row => row.Connection.Idle), true),
            ["bytesIn"] = (By(row => row.Connection.BytesReceived), true),
            ["bytesOut"] = (By(row => row.Connection.BytesSent), true),
            ["rate"] = (By(row => row.Rate), true),
            ["rtt"] = (By(row => row.Connection.Tcp?.RoundTripTime ?? TimeSpan.Zero), true),
            ["retransmits"] = (By(row => (long)(row.Connection.Tcp?.Retransmits ?? 0)), true),
            ["unacknowledged"] = (By(row => (long)(row.Connection.Tcp?.Unacknowledged ?? 0)), true),
            ["notSentBytes"] = (By(row => (long)(row.Connection.Tcp?.NotSentBytes ?? 0)), true),
            ["upstreamBytesIn"] = (By(row => row.Connection.UpstreamBytesReceived ?? 0), true),
            ["upstreamBytesOut"] = (By(row => row.Connection.UpstreamBytesSent ?? 0), true),
            ["requests"] = (By(row => row.Connection.Requests ?? 0), true),
            ["streams"] = (By(row => row.Connection.Streams ?? 0), true),
        };

    private readonly Sorter _sorter;
    private readonly bool _largestFirst;

    private ConnectionOrder(Sorter sorter, bool largestFirst) => (_sorter, _largestFirst) = (sorter, largestFirst);

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
                return new ConnectionOrder(found.Sort, found.LargestFirst);
            case "asc":
                return new ConnectionOrder(found.Sort, largestFirst: false);
            case "desc":
                return new ConnectionOrder(found.Sort, largestFirst: true);
            default:
                error = $"order={direction}: write asc or desc.";
                return null;
        }
    }

    public IEnumerable<ConnectionRow> Sort(IEnumerable<ConnectionRow> rows) => _sorter(rows, _largestFirst);

    private static Sorter By<T>(Func<ConnectionRow, T> key) =>
        (rows, largestFirst) => largestFirst ? rows.OrderByDescending(key) : rows.OrderBy(key);
}
