using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeGate.CommandLine;

/// <summary><c>edgegate connections</c>: lists what a running daemon holds open, and ends one connection.</summary>
internal sealed class ConnectionsCommand(Terminal terminal, AdminClient client)
{
    private static readonly JsonWriterOptions Indented =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="query">What to ask for, as in the query of <c>/connections</c>; null: not said.</param>
    /// <param name="format">How to print.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<int> ListAsync(
        IEnumerable<(string Key, string? Value)> query, ListFormat format, CancellationToken cancellation)
    {
        string path = "/connections?" + string.Join(
            '&', query.Where(q => q.Value is not null).Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value!)}"));
        JsonElement list = await client.GetAsync(path, cancellation);
        if (format == ListFormat.Json)
        {
            await terminal.Output.WriteLineAsync(Indent(list));
        }
        else
        {
            WriteTable(list);
        }

        return ExitCode.Good;
    }

    public async Task<int> KillAsync(long id, CancellationToken cancellation)
    {
        AdminAnswer answer = await client.SendAsync(HttpMethod.Delete, $"/connections/{id}", cancellation);
        if (answer.IsSuccess)
        {
            await terminal.Output.WriteLineAsync($"connection {id} was reset");
            return ExitCode.Good;
        }

        await terminal.Error.WriteLineAsync(answer.Status == HttpStatusCode.NotFound
            ? $"edgegate: there is no connection {id}: it may have ended. 'edgegate connections' lists those that are open."
            : $"edgegate: {answer.Detail}");
        return ExitCode.Failed;
    }

    private void WriteTable(JsonElement list)
    {
        if (list.GetArrayLength() == 0)
        {
            terminal.Output.WriteLine("no connections");
            return;
        }

        var table = new TextTable(
            "ID:", "LISTENER", "PROTOCOL", "STATE", "SOURCE", "DESTINATION", "AGE:", "IDLE:", "IN:", "OUT:", "RTT:", "RETRANS:");
        foreach (JsonElement row in list.EnumerateArray())
        {
            table.Add(
                Text(row, "id"), Text(row, "listener"), Text(row, "protocol"), Text(row, "state"), Text(row, "source"),
                Text(row, "destination"), Number(row, "age", Units.Age), Number(row, "idle", Units.Age),
                Number(row, "bytesIn", Units.Bytes), Number(row, "bytesOut", Units.Bytes), Number(row, "rtt", Units.Latency),
                Text(row, "retransmits"));
        }

        table.Write(terminal);
    }

    private static string Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement value) && value.ToString() is { Length: > 0 } text ? text : "-";

    private static string Number(JsonElement row, string name, Func<double, string> say) =>
        row.TryGetProperty(name, out JsonElement value) && value.TryGetDouble(out double number) ? say(number) : "-";

    private static string Indent(JsonElement json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
