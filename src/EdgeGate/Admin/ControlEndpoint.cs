using System.Text.Json;
using EdgeGate.CommandLine;
using EdgeGate.Daemon;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary><c>POST /drain</c> and <c>POST /reload</c>: what SIGTERM and SIGHUP do, with an answer.</summary>
internal sealed class ControlEndpoint(Gateway gateway, Signals signals)
{
    /// <summary>Begins to drain, and says how long that may take.</summary>
    public Task DrainAsync(HttpContext context)
    {
        signals.Raise(Signal.Stop);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return AdminJson.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("connections", gateway.Connections);
            json.WriteNumber("deadline", gateway.DrainTimeout.TotalSeconds);
            json.WriteEndObject();
        });
    }

    /// <summary>Reloads, waits for the outcome, and answers with it.</summary>
    public async Task ReloadAsync(HttpContext context)
    {
        ReloadOutcome? outcome = await signals.ReloadAsync().WaitAsync(context.RequestAborted);
        if (outcome is null)
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status409Conflict, "The gateway is draining and reads no configuration any more.");
        }
        else if (outcome.Succeeded)
        {
            await AdminJson.WriteAsync(context, json => WriteTaken(json, outcome));
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await AdminJson.WriteAsync(context, json => WriteRefused(json, outcome), Problem.ContentType);
        }
    }

    private static void WriteTaken(Utf8JsonWriter json, ReloadOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("source", outcome.Source);
        WriteChanges(json, "listeners", outcome.Listeners);
        WriteChanges(json, "routes", outcome.Routes);
        WriteChanges(json, "clusters", outcome.Clusters);
        WriteTexts(json, "needRestart", outcome.NeedRestart);
        WriteTexts(json, "keptCertificates", outcome.KeptCertificates);
        CheckJson.WriteProblems(json, "warnings", outcome.Warnings);
        json.WriteEndObject();
    }

    private static void WriteRefused(Utf8JsonWriter json, ReloadOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("title", "The configuration was refused");
        json.WriteNumber("status", StatusCodes.Status422UnprocessableEntity);
        json.WriteString("detail", $"{outcome.Source} was refused, and the old configuration serves on: {string.Join("; ", outcome.Errors)}");
        json.WriteString("source", outcome.Source);
        CheckJson.WriteProblems(json, "errors", outcome.Errors);
        CheckJson.WriteProblems(json, "warnings", outcome.Warnings);
        json.WriteEndObject();
    }

    private static void WriteChanges(Utf8JsonWriter json, string name, SectionChanges changes)
    {
        json.WriteStartObject(name);
        WriteTexts(json, "added", changes.Added);
        WriteTexts(json, "changed", changes.Changed);
        WriteTexts(json, "removed", changes.Removed);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
