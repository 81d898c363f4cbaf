using System.Text.Json;
using EdgeGate.Daemon;
using EdgeGate.Limits;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary><c>/status</c>: the daemon at a glance.</summary>
internal sealed class StatusEndpoint(Gateway gateway, TimeProvider time)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();

    public Task WriteAsync(HttpContext context) => AdminJson.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        Write(json);
        json.WriteEndObject();
    });

    /// <summary>Writes the members into an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("state", gateway.IsReady ? "ready" : "draining");
        json.WriteString("version", ProductVersion.Text);
        json.WriteNumber("pid", Environment.ProcessId);
        json.WriteString("started", _started);
        json.WriteNumber("uptime", (time.GetUtcNow() - _started).TotalSeconds);
        json.WriteString("configuration", gateway.Loaded.Source);
        json.WriteStartObject("reloads");
        json.WriteNumber("succeeded", gateway.Reloads.Succeeded);
        json.WriteNumber("failed", gateway.Reloads.Failed);
        json.WriteBoolean("lastSucceeded", gateway.Reloads.LastSucceeded);
        json.WriteEndObject();
        json.WriteStartObject("findings");
        WriteCount(json, "error", Severity.Error);
        WriteCount(json, "warning", Severity.Warning);
        WriteCount(json, "info", Severity.Info);
        json.WriteEndObject();
        ListenersJson.Write(json, gateway);
    }

    private void WriteCount(Utf8JsonWriter json, string name, Severity severity) =>
        json.WriteNumber(name, gateway.Plan.Findings.Count(finding => finding.Severity == severity));
}
