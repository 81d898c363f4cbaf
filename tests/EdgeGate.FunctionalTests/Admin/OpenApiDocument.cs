using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace EdgeGate.FunctionalTests.Admin;

/// <summary>The description of the admin address, as JSON schemas to hold answers against.</summary>
internal sealed class OpenApiDocument(string text)
{
    private readonly JsonNode _root = JsonNode.Parse(text)!;

    /// <summary>Every operation: its method and its path.</summary>
    public IEnumerable<(string Method, string Path)> Operations =>
        from path in _root["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (operation.Key.ToUpperInvariant(), path.Key);

    /// <summary>Fails unless the answer is one that the operation may give: its status, its type and its JSON.</summary>
    public async Task AssertDescribesAsync(string method, string path, HttpResponseMessage answer)
    {
        string body = await answer.Content.ReadAsStringAsync();
        string what = $"{method} {path} answered {(int)answer.StatusCode}: {body}";
        JsonNode responses = _root["paths"]![path]![method.ToLowerInvariant()]!["responses"]!;
        JsonNode? response = responses[((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)];
        Assert.True(response is not null, "not described: " + what);
        response = (string?)response["$ref"] is { } name ? _root["components"]!["responses"]![name.Split('/')[^1]]! : response;
        if (answer.StatusCode == HttpStatusCode.NoContent)
        {
            Assert.Null(response["content"]);
            Assert.Empty(body);
            return;
        }

        JsonNode? content = response["content"]![answer.Content.Headers.ContentType!.MediaType!];
        Assert.True(content is not null, $"{answer.Content.Headers.ContentType} is not described: {what}");
        if (answer.Content.Headers.ContentType.MediaType!.EndsWith("json", StringComparison.Ordinal))
        {
            AssertValid(content["schema"]!, body, what);
        }
    }

    /// <summary>Fails unless the JSON is as a schema of the components says.</summary>
    public void AssertIs(string schema, string json) =>
        AssertValid(new JsonObject { ["$ref"] = "#/components/schemas/" + schema }, json, $"{schema}: {json}");

    private void AssertValid(JsonNode schema, string text, string what)
    {
        using var json = JsonDocument.Parse(text);
        var result = SchemaOf(schema).Evaluate(
            json.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        Assert.True(result.IsValid, $"{Errors(result)}\n{what}");
    }

    private static string Errors(EvaluationResults result) => string.Join('\n', (result.Details ?? [])
        .Where(detail => detail.Errors is not null)
        .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")));

    // The components become the schema's own definitions: OpenAPI 3.1's dialect is that of JSON Schema 2020-12.
    private JsonSchema SchemaOf(JsonNode schema)
    {
        var whole = schema.DeepClone().AsObject();
        whole["$defs"] = _root["components"]!["schemas"]!.DeepClone();
        return JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }
}
