using System.Text.Json.Nodes;

namespace EdgeGate.Tests.Configuration;

/// <summary>A key that the configuration's schema describes.</summary>
/// <param name="Path">Its path, with <c>*</c> for any name and any place in a list.</param>
/// <param name="Parts">What the schema says of it: its own words, then those of what it refers to.</param>
internal sealed record SchemaKey(string Path, List<JsonObject> Parts)
{
    /// <summary>Whether it holds a value of its own and no further keys.</summary>
    public bool IsLeaf => Find("properties") is null && Find("additionalProperties") is null && Find("items") is null;

    public string? Description => (string?)Find("description");

    /// <summary>The texts that it may be; null where that is not a closed set.</summary>
    public IReadOnlyList<string>? Choices => Find("enum") is JsonArray names ? [.. names.Select(name => (string)name!)] : null;

    /// <summary>What the first of its parts says of itself, by the keyword; null if none does.</summary>
    public JsonNode? Find(string keyword) => Parts.Select(part => part[keyword]).FirstOrDefault(found => found is not null);
}
