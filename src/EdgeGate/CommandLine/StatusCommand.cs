using System.Globalization;
using System.Text.Json;

namespace EdgeGate.CommandLine;

/// <summary><c>edgegate status</c>: asks a running daemon how it is. Good if it is ready.</summary>
internal sealed class StatusCommand(Terminal terminal, AdminClient client)
{
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        JsonElement status = await client.GetAsync("/status", cancellation);
        JsonElement limits = await client.GetAsync("/limits", cancellation);
        bool ready = status.GetProperty("state").GetString() == "ready";
        WriteHead(status, ready);
        foreach (JsonProperty resource in limits.GetProperty("live").EnumerateObject())
        {
            Line(resource.Name, Use(resource.Name, resource.Value));
        }

        Line("bound by", limits.GetProperty("capacity").GetProperty("binding").GetString()!);
        Line("findings", Findings(status.GetProperty("findings")));
        WriteListeners(status.GetProperty("listeners"));
        return ready ? ExitCode.Good : ExitCode.Failed;
    }

    private void WriteHead(JsonElement status, bool ready)
    {
        string state = ready ? terminal.Green("ready") : terminal.Yellow("draining");
        string uptime = Units.Age(status.GetProperty("uptime").GetDouble());
        terminal.Output.WriteLine(
            $"{state}: EdgeGate {status.GetProperty("version").GetString()}, up {uptime}, process {status.GetProperty("pid")}, at {client.Target}");
        JsonElement reloads = status.GetProperty("reloads");
        string note = reloads.GetProperty("lastSucceeded").GetBoolean() ? ""
            : terminal.Red(" (the last reload was refused: 'edgegate reload' says why)");
        Line("configuration", status.GetProperty("configuration").GetString() + note);
    }

    private void WriteListeners(JsonElement listeners)
    {
        terminal.Output.WriteLine();
        var table = new TextTable("LISTENER", "PROTOCOL", "ADDRESS", "ACTIVE:", "AT MOST:", "QUEUE:", "ACCEPTED:", "REJECTED:", "IN:", "OUT:");
        foreach (JsonElement listener in listeners.EnumerateArray())
        {
            table.Add(
                listener.GetProperty("name").GetString()!, listener.GetProperty("protocol").GetString()!,
                string.Join(", ", listener.GetProperty("addresses").EnumerateArray().Select(a => a.GetString())),
                Number(listener, "active"), Number(listener, "maximum"), Number(listener, "queue"), Number(listener, "accepted"),
                Number(listener, "rejected"), Units.Bytes(listener.GetProperty("bytesIn").GetDouble()),
                Units.Bytes(listener.GetProperty("bytesOut").GetDouble()));
        }

        table.Write(terminal);
    }

    private static string Findings(JsonElement findings)
    {
        string[] some = [.. findings.EnumerateObject().Where(f => f.Value.GetInt32() > 0).Select(f => $"{f.Value} {f.Name}")];
        return some.Length == 0 ? "none" : string.Join(", ", some) + ": 'edgegate check' says which, and what to do";
    }

    private void Line(string name, string text) => terminal.Output.WriteLine($"{name,-14} {text}");

    private static string Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) ? Units.Number(value.GetDouble()) : "-";

    private static string Use(string resource, JsonElement element)
    {
        double used = element.GetProperty("used").GetDouble();
        double capacity = element.GetProperty("capacity").GetDouble();
        double share = capacity > 0 ? used / capacity : 0;
        string amount = Units.Use(resource, used, capacity);
        string percent = share.ToString("0 %", CultureInfo.InvariantCulture);
        return amount.Length == 0 ? percent : $"{amount} ({percent})";
    }
}
