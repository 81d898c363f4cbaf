using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeGate.Configuration;
using EdgeGate.Limits;

namespace EdgeGate.CommandLine;

/// <summary>Writes what check found for a program.</summary>
internal static class CheckJson
{
    // The document goes to a terminal or a file, not into a page: an apostrophe may stay one.
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(CheckResult result)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("configuration", result.Source);
            json.WriteNumber("exitCode", result.ExitCode);
            WriteProblems(json, "errors", result.Errors);
            WriteProblems(json, "warnings", result.Warnings);
            if (result.Plan is { } plan)
            {
                WritePlan(json, plan);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    internal static void WritePlan(Utf8JsonWriter json, CapacityPlan plan)
    {
        json.WriteStartObject("capacity");
        json.WriteNumber("maxConnections", plan.MaxConnections);
        json.WriteNumber("fits", plan.Fits);
        json.WriteString("binding", plan.Binding.Setting);
        WriteList(json, "limits", plan.Limits, WriteLimit);
        WriteList(json, "unmeasured", plan.Unmeasured, WriteUnmeasured);
        WriteList(json, "listeners", plan.Listeners, WriteListener);
        json.WriteEndObject();
        WriteList(json, "findings", plan.Findings, WriteFinding);
    }

    internal static void WriteProblems(Utf8JsonWriter json, string name, IEnumerable<ConfigurationError> problems) =>
        WriteList(json, name, problems, WriteProblem);

    private static void WriteProblem(Utf8JsonWriter json, ConfigurationError error)
    {
        json.WriteString("source", error.Source);
        json.WriteString("path", error.Path);
        WriteOptional(json, "line", error.Line);
        WriteOptional(json, "column", error.Column);
        json.WriteString("message", error.Message);
    }

    private static void WriteLimit(Utf8JsonWriter json, LimitCapacity limit)
    {
        json.WriteString("resource", limit.Resource);
        json.WriteString("setting", limit.Setting);
        json.WriteString("unit", limit.Unit.ToString().ToLowerInvariant());
        json.WriteNumber("total", limit.Total);
        json.WriteNumber("base", limit.Base);
        json.WriteNumber("perConnection", limit.PerConnection);
        json.WriteNumber("connections", limit.Connections);
    }

    private static void WriteUnmeasured(Utf8JsonWriter json, UnmeasuredLimit limit)
    {
        json.WriteString("resource", limit.Resource);
        json.WriteString("why", limit.Why);
    }

    private static void WriteListener(Utf8JsonWriter json, ListenerCapacity listener)
    {
        json.WriteString("name", listener.Listener);
        json.WriteString("protocol", listener.Protocol.ToString().ToLowerInvariant());
        json.WriteString("bind", listener.Bind);
        json.WriteNumber("descriptorsPerConnection", listener.Descriptors);
        json.WriteNumber("maxConnections", listener.MaxConnections);
        json.WriteNumber("backlog", listener.Backlog);
        json.WriteString("whenFull", listener.WhenFull.ToString().ToLowerInvariant());
        json.WriteString("atLimit", listener.AtLimit);
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
        json.WriteString("id", finding.Id);
        json.WriteString("title", finding.Title);
        json.WriteString("found", finding.Found);
        json.WriteString("wanted", finding.Wanted);
        json.WriteString("symptom", finding.Symptom);
        json.WriteString("remedy", finding.Remedy);
        json.WriteString("where", finding.Where);
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
