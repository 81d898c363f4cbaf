using System.Text.Json;
using EdgeGate.Daemon;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary>
/// <c>/events</c>: the gateway live, as server-sent events. <c>plan</c> comes first and whenever the plan changes,
/// <c>state</c> and <c>connections</c> once a second; which connections, the query says as at <c>/connections</c>.
/// </summary>
internal sealed class EventsEndpoint(LiveFeed feed, CancellationToken stopping)
{
    private const int DefaultLimit = 100;

    public static EventsEndpoint Create(
        Gateway gateway, StatusEndpoint status, LimitsEndpoint limits, CancellationToken stopping)
    {
        var maker = new SnapshotMaker(gateway, status, limits);
        return new EventsEndpoint(new LiveFeed(maker.MakeAsync, maker.Forget), stopping);
    }

    public async Task StreamAsync(HttpContext context)
    {
        if (ConnectionQuery.Read(context.Request.Query, hasRates: true, DefaultLimit, out string error) is not { } query)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, error);
            return;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentType = "text/event-stream";
            return;
        }

        if (!feed.TryEnter())
        {
            context.Response.Headers.RetryAfter = "10";
            await Problem.WriteAsync(
                context, StatusCodes.Status503ServiceUnavailable,
                $"{LiveFeed.MaxSubscribers} dashboards watch already: close one, or ask /limits and /connections.");
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await StreamAsync(context.Response, query, end.Token);
        }
        catch (OperationCanceledException)
        {
            // The one who watched has gone, or the daemon ends.
        }
        finally
        {
            feed.Leave();
        }
    }

    private async Task StreamAsync(HttpResponse response, ConnectionQuery query, CancellationToken cancellation)
    {
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no"; // an nginx in between would keep the events to itself
        await response.StartAsync(cancellation);
        byte[] plan = [];
        while (true)
        {
            LiveSnapshot snapshot = await feed.NextAsync().WaitAsync(cancellation);
            if (plan != snapshot.Plan)
            {
                plan = snapshot.Plan;
                Write(response, "event: plan\ndata: "u8, plan);
            }

            Write(response, "event: state\ndata: "u8, snapshot.State);
            WriteConnections(response, query, snapshot);
            await response.BodyWriter.FlushAsync(cancellation);
        }
    }

    private static void WriteConnections(HttpResponse response, ConnectionQuery query, LiveSnapshot snapshot)
    {
        ConnectionRow[] matching = [.. query.Filter(snapshot.Rows)];
        Write(response, "event: connections\ndata: "u8);
        using (var json = new Utf8JsonWriter(response.BodyWriter, AdminJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("total", snapshot.Rows.Count);
            json.WriteNumber("matching", matching.Length);
            json.WriteStartArray("rows");
            foreach (ConnectionRow row in query.Top(matching))
            {
                AdminJson.WriteConnection(json, row.Connection, more => WriteRates(more, row));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        Write(response, "\n\n"u8);
    }

    private static void WriteRates(Utf8JsonWriter json, ConnectionRow row)
    {
        if (row is { RateIn: { } rateIn, RateOut: { } rateOut })
        {
            json.WriteNumber("rateIn", rateIn);
            json.WriteNumber("rateOut", rateOut);
        }
    }

    private static void Write(HttpResponse response, ReadOnlySpan<byte> head, byte[] data)
    {
        Write(response, head);
        Write(response, data);
        Write(response, "\n\n"u8);
    }

    private static void Write(HttpResponse response, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(response.BodyWriter.GetSpan(bytes.Length));
        response.BodyWriter.Advance(bytes.Length);
    }
}
