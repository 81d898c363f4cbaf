using System.Globalization;
using EdgeGate.Transport;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary><c>/connections</c>: what is open, sorted and cut as asked; and the end of one by its id.</summary>
internal sealed class ConnectionsEndpoint(ConnectionTable table)
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

    public async Task ListAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string sort = query["sort"].FirstOrDefault() ?? "id";
        string? limitText = query["limit"].FirstOrDefault();
        int limit = int.MaxValue;
        if (!Keys.TryGetValue(sort, out Func<ConnectionSnapshot, IComparable>? key))
        {
            await RefuseAsync(context, $"sort={sort}: sort by one of {string.Join(", ", Keys.Keys)}");
        }
        else if (limitText is not null && !int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit))
        {
            await RefuseAsync(context, $"limit={limitText}: a whole number from 0");
        }
        else
        {
            string? listener = query["listener"].FirstOrDefault();
            IReadOnlyList<ConnectionSnapshot> all = await table.ListAsync();
            await AdminJson.WriteConnectionsAsync(
                context, all.Where(c => listener is null || c.Listener == listener).OrderBy(key).Take(limit));
        }
    }

    public async Task KillAsync(HttpContext context)
    {
        string text = (string)context.Request.RouteValues["id"]!;
        bool killed = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            && await table.KillAsync(id);
        context.Response.StatusCode = killed ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
        if (!killed)
        {
            await context.Response.WriteAsync($"there is no connection {text}\n");
        }
    }

    private static Task RefuseAsync(HttpContext context, string why)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync(why + "\n");
    }
}
