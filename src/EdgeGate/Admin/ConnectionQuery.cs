using System.Globalization;
using EdgeGate.Transport;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary>Which connections are wanted, in which order, and how many of them.</summary>
/// <param name="Order">What they are sorted by, the largest first but for the id.</param>
/// <param name="Limit">At most so many.</param>
/// <param name="Listener">Only those of one listener, or null.</param>
/// <param name="Find">Only those in whose texts this occurs, in any case, or null.</param>
internal sealed record ConnectionQuery(
    Func<ConnectionSnapshot, IComparable> Order, int Limit, string? Listener, string? Find)
{
    private static readonly Dictionary<string, Func<ConnectionSnapshot, IComparable>> Keys =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["id"] = c => c.Id,
            ["age"] = c => -c.Age,
            ["idle"] = c => -c.Idle,
            ["bytesIn"] = c => -c.BytesReceived,
            ["bytesOut"] = c => -c.BytesSent,
            ["rtt"] = c => -(c.Tcp?.RoundTripTime ?? TimeSpan.Zero),
            ["retransmits"] = c => -(long)(c.Tcp?.Retransmits ?? 0),
            ["unacknowledged"] = c => -(long)(c.Tcp?.Unacknowledged ?? 0),
            ["notSentBytes"] = c => -(long)(c.Tcp?.NotSentBytes ?? 0),
            ["upstreamBytesIn"] = c => -(c.UpstreamBytesReceived ?? 0),
            ["upstreamBytesOut"] = c => -(c.UpstreamBytesSent ?? 0),
            ["requests"] = c => -(c.Requests ?? 0),
            ["streams"] = c => -(c.Streams ?? 0),
        };

    /// <summary>What one can sort by.</summary>
    public static IReadOnlyCollection<string> SortKeys => Keys.Keys;

    /// <summary>Reads <c>?sort=&amp;limit=&amp;listener=&amp;find=</c>.</summary>
    /// <param name="query">The query of a request.</param>
    /// <param name="error">What is wrong with it, if the answer is null.</param>
    public static ConnectionQuery? Read(IQueryCollection query, out string error)
    {
        string sort = query["sort"].FirstOrDefault() ?? "id";
        string? limitText = query["limit"].FirstOrDefault();
        int limit = int.MaxValue;
        error = "";
        if (!Keys.TryGetValue(sort, out Func<ConnectionSnapshot, IComparable>? order))
        {
            error = $"sort={sort}: sort by one of {string.Join(", ", Keys.Keys)}.";
            return null;
        }

        if (limitText is not null && !int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit))
        {
            error = $"limit={limitText}: write a whole number from 0.";
            return null;
        }

        return new ConnectionQuery(order, limit, Given(query, "listener"), Given(query, "find"));
    }

    /// <summary>Those that are wanted.</summary>
    public IEnumerable<ConnectionSnapshot> Filter(IEnumerable<ConnectionSnapshot> all) => all.Where(Matches);

    /// <summary>The first of them, in order.</summary>
    public IEnumerable<ConnectionSnapshot> Top(IEnumerable<ConnectionSnapshot> filtered) => filtered.OrderBy(Order).Take(Limit);

    private static string? Given(IQueryCollection query, string key) =>
        query[key].FirstOrDefault() is { Length: > 0 } text ? text : null;

    private bool Matches(ConnectionSnapshot connection) =>
        (Listener is null || connection.Listener == Listener)
        && (Find is null || Has(connection.Source) || Has(connection.Destination) || Has(connection.Listener)
            || Has(connection.Protocol) || Has(connection.State)
            || connection.Id.ToString(CultureInfo.InvariantCulture) == Find);

    private bool Has(string text) => text.Contains(Find!, StringComparison.OrdinalIgnoreCase);
}
