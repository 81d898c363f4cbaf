using System.Net;
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
        json.WriteNumber("id"u8, connection.Id);
        json.WriteString("listener"u8, connection.Listener);
        json.WriteString("protocol"u8, connection.Protocol);
        WriteAddress(json, "source"u8, connection.Remote ?? (object)connection.Source);
        WriteAddress(json, "destination"u8, connection.DestinationAddress);
        json.WriteString("state"u8, connection.State);
        WriteSeconds(json, "age"u8, connection.Age);
        WriteSeconds(json, "idle"u8, connection.Idle);
        json.WriteNumber("bytesIn"u8, connection.BytesReceived);
        json.WriteNumber("bytesOut"u8, connection.BytesSent);
        WriteUpstream(json, connection);
        WriteRequests(json, connection);
        if (connection.Tcp is { } tcp)
        {
            WriteSeconds(json, "rtt"u8, tcp.RoundTripTime);
            json.WriteNumber("retransmits"u8, tcp.Retransmits);
            json.WriteNumber("unacknowledged"u8, tcp.Unacknowledged);
            json.WriteNumber("notSentBytes"u8, tcp.NotSentBytes);
        }

        more?.Invoke(json);
        json.WriteEndObject();
    }

    private static void WriteSeconds(Utf8JsonWriter json, ReadOnlySpan<byte> name, TimeSpan time)
    {
        Span<byte> text = stackalloc byte[Utf8Text.SecondsBytes];
        json.WritePropertyName(name);
        json.WriteRawValue(text[..Utf8Text.WriteSeconds(time, text)], skipInputValidation: true);
    }

    private static void WriteAddress(Utf8JsonWriter json, ReadOnlySpan<byte> name, object? address)
    {
        if (address is not IPEndPoint ip)
        {
            json.WriteString(name, address?.ToString() ?? "");
            return;
        }

        Span<byte> bytes = stackalloc byte[Utf8Text.EndPointBytes];
        json.WriteString(name, bytes[..Utf8Text.WriteEndPoint(ip.Address, ip.Port, bytes)]);
    }

    private static void WriteUpstream(Utf8JsonWriter json, ConnectionSnapshot connection)
    {
        if (connection.UpstreamBytesReceived is { } received && connection.UpstreamBytesSent is { } sent)
        {
            json.WriteNumber("upstreamBytesIn"u8, received);
            json.WriteNumber("upstreamBytesOut"u8, sent);
        }
    }

    private static void WriteRequests(Utf8JsonWriter json, ConnectionSnapshot connection)
    {
        if (connection.Requests is { } requests)
        {
            json.WriteNumber("requests"u8, requests);
            json.WriteNumber("streams"u8, connection.Streams ?? 0);
        }

        if (connection.ApplicationProtocol is { } application)
        {
            json.WriteString("applicationProtocol"u8, application);
        }

        if (connection.TlsVersion != SslProtocols.None)
        {
            json.WriteString("tlsVersion"u8, connection.TlsVersion == SslProtocols.Tls13 ? "1.3" : "1.2");
        }

        if (connection.ServerName is { } name)
        {
            json.WriteString("sni"u8, name);
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
