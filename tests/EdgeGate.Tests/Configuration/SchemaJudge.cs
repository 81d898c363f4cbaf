using System.Text.Json;
using Json.Schema;

namespace EdgeGate.Tests.Configuration;

/// <summary>What the schema of the configuration, as it is shipped, says of a configuration.</summary>
internal static class SchemaJudge
{
    public static readonly JsonDocumentOptions Leniency =
        new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private static readonly JsonSchema Schema = JsonSchema.FromFile(File);

    public static string File => Path.Combine(AppContext.BaseDirectory, "config", "schema", "edgegate.schema.json");

    /// <summary>Why it is refused; nothing if it is taken.</summary>
    public static (string Place, string Error)[] ErrorsOf(string json)
    {
        using var document = JsonDocument.Parse(json, Leniency);
        EvaluationResults results = Schema.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? [] : [.. (results.Details ?? []).Where(detail => detail.Errors is not null)
            .SelectMany(detail => detail.Errors!.Select(error => (detail.InstanceLocation.ToString(), error.Value)))];
    }
}
