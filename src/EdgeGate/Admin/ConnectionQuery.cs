using System.Globalization;
using EdgeGate.Transport;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary>Which connections are wanted, in which order, and how many of them.</summary>
/// <param name="Order">What they are sorted by.</param>
/// <param name="Limit">At most so many.</param>
/// <param name="Listener">Only those of one listener, or null.</param>
/// <param name="Find">Only those in whose texts this occurs, in any case, or null.</param>
internal sealed record ConnectionQuery(ConnectionOrder Order, int Limit, string? Listener, string? Find)
{
    /// <summary>Reads <c>?sort=&amp;order=&amp;limit=&amp;listener=&amp;find=</c>.</summary>
    /// <param name="query">The query of a request.</param>
    /// <param name="hasRates">Whether the rows have rates.</param>
    /// <param name="limit">How many at most, where the query does not say.</param>
    /// <param name="error">What is wrong with it, if the answer is null.</param>
    public static ConnectionQuery? Read(IQueryCollection query, bool hasRates, int limit, out string error)
    {
        if (ConnectionOrder.Read(Given(query, "sort"), Given(query, "order"), hasRates, out error) is not { } order)
        {
            return null;
        }

        if (query["limit"].FirstOrDefault() is { } text
            && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit))
        {
            error = $"limit={text}: write a whole number from 0.";
            return null;
        }

        return new ConnectionQuery(order, limit, Given(query, "listener"), Given(query, "find"));
    }

    /// <summary>Those that match, whatever the limit.</summary>
    public IEnumerable<ConnectionRow> Filter(IEnumerable<ConnectionRow> all) => all.Where(row => Matches(row.Connection));

    /// <summary>The first of them, in order.</summary>
    public IEnumerable<ConnectionRow> Top(IEnumerable<ConnectionRow> filtered) => Order.Sort(filtered).Take(Limit);

    private static string? Given(IQueryCollection query, string key) =>
        query[key].FirstOrDefault() is { Length: > 0 } text ? text : null;

    private bool Matches(ConnectionSnapshot connection) =>
        (Listener is null || connection.Listener == Listener)
        && (Find is null || Has(connection.Source) || Has(connection.Destination) || Has(connection.Listener)
            || Has(connection.Protocol) || Has(connection.State) || Has(connection.ServerName ?? "")
            || connection.Id.ToString(CultureInfo.InvariantCulture) == Find);

    private bool Has(string text) => text.Contains(Find!, StringComparison.OrdinalIgnoreCase);
}
