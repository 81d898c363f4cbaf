using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeGate.CommandLine;
using EdgeGate.Daemon;
using EdgeGate.Transport;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary>The JSON of the admin address. Times are seconds, sizes bytes.</summary>
internal static class AdminJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteConnectionsAsync(HttpContext context, IEnumerable<ConnectionSnapshot> connections) =>
        WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (ConnectionSnapshot connection in connections)
            {
                WriteConnection(json, connection);
            }

            json.WriteEndArray();
        });

    public static Task WriteLimitsAsync(HttpContext context, Gateway gateway) => WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("ready", gateway.IsReady);
        json.WriteStartObject("live");
        WriteUse(json, "connections", gateway.Gate.Connections, gateway.Gate.MaxConnections);
        WriteUse(json, "descriptors", gateway.Gate.Descriptors, gateway.Gate.MaxDescriptors);
        json.WriteEndObject();
        CheckJson.WritePlan(json, gateway.Plan);
        json.WriteEndObject();
    });

    private static void WriteConnection(Utf8JsonWriter json, ConnectionSnapshot connection)
    {
        json.WriteStartObject();
        json.WriteNumber("id", connection.Id);
        json.WriteString("listener", connection.Listener);
        json.WriteString("protocol", connection.Protocol);
        json.WriteString("source", connection.Source);
        json.WriteString("destination", connection.Destination);
        json.WriteString("state", connection.State);
        json.WriteNumber("age", connection.Age.TotalSeconds);
        json.WriteNumber("idle", connection.Idle.TotalSeconds);
        json.WriteNumber("bytesIn", connection.BytesReceived);
        json.WriteNumber("bytesOut", connection.BytesSent);
        if (connection.Tcp is { } tcp)
        {
            json.WriteNumber("rtt", tcp.RoundTripTime.TotalSeconds);
            json.WriteNumber("retransmits", tcp.Retransmits);
            json.WriteNumber("unacknowledged", tcp.Unacknowledged);
            json.WriteNumber("notSentBytes", tcp.NotSentBytes);
        }

        json.WriteEndObject();
    }

    private static void WriteUse(Utf8JsonWriter json, string resource, long used, long capacity)
    {
        json.WriteStartObject(resource);
        json.WriteNumber("used", used);
        json.WriteNumber("capacity", capacity);
        json.WriteEndObject();
    }

    /// <summary>Answers with what is written.</summary>
    public static async Task WriteAsync(
        HttpContext context, Action<Utf8JsonWriter> write, string contentType = "application/json")
    {
        context.Response.ContentType = contentType;
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Options);
        write(json);
        await json.FlushAsync(context.RequestAborted);
    }
}
