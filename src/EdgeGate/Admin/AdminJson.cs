using System.Security.Authentication;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeGate.Transport;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary>The JSON of the admin address. Times are seconds, sizes bytes.</summary>
internal static class AdminJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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

    /// <param name="json">Where to.</param>
    /// <param name="connection">What is known of the connection.</param>
    /// <param name="more">Writes further members, or null.</param>
    public static void WriteConnection(
        Utf8JsonWriter json, ConnectionSnapshot connection, Action<Utf8JsonWriter>? more = null)
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
        WriteUpstream(json, connection);
        WriteRequests(json, connection);
        if (connection.Tcp is { } tcp)
        {
            json.WriteNumber("rtt", tcp.RoundTripTime.TotalSeconds);
            json.WriteNumber("retransmits", tcp.Retransmits);
            json.WriteNumber("unacknowledged", tcp.Unacknowledged);
            json.WriteNumber("notSentBytes", tcp.NotSentBytes);
        }

        more?.Invoke(json);
        json.WriteEndObject();
    }

    private static void WriteUpstream(Utf8JsonWriter json, ConnectionSnapshot connection)
    {
        if (connection.UpstreamBytesReceived is { } received && connection.UpstreamBytesSent is { } sent)
        {
            json.WriteNumber("upstreamBytesIn", received);
            json.WriteNumber("upstreamBytesOut", sent);
        }
    }

    private static void WriteRequests(Utf8JsonWriter json, ConnectionSnapshot connection)
    {
        if (connection.Requests is { } requests)
        {
            json.WriteNumber("requests", requests);
            json.WriteNumber("streams", connection.Streams ?? 0);
        }

        if (connection.ApplicationProtocol is { } application)
        {
            json.WriteString("applicationProtocol", application);
        }

        if (connection.TlsVersion != SslProtocols.None)
        {
            json.WriteString("tlsVersion", connection.TlsVersion == SslProtocols.Tls13 ? "1.3" : "1.2");
        }

        if (connection.ServerName is { } name)
        {
            json.WriteString("sni", name);
        }
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
