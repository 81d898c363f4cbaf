using System.Globalization;
using EdgeGate.Transport;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary><c>/connections</c>: what is open, sorted and cut as asked; and the end of one by its id.</summary>
internal sealed class ConnectionsEndpoint(ConnectionTable table)
{
    public async Task ListAsync(HttpContext context)
    {
        if (ConnectionQuery.Read(context.Request.Query, hasRates: false, int.MaxValue, out string error) is not { } query)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, error);
            return;
        }

        IReadOnlyList<ConnectionSnapshot> all = await table.ListAsync();
        await AdminJson.WriteConnectionsAsync(context, query.Top(query.Filter(all.Select(c => new ConnectionRow(c)))).Select(row => row.Connection));
    }

    public async Task KillAsync(HttpContext context)
    {
        string text = (string)context.Request.RouteValues["id"]!;
        bool killed = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            && await table.KillAsync(id);
        if (killed)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status404NotFound, $"There is no connection {text}; it may have ended. /connections lists those that are open.");
        }
    }
}
