using System.Text.Json.Nodes;

namespace EdgeGate.Tests.Configuration;

/// <summary>Walks the configuration's schema: which keys it describes, and a configuration that has each of them.</summary>
internal sealed class SchemaMap
{
    /// <summary>What stands for any name in a sample.</summary>
    public const string AnyName = "any";

    private readonly JsonObject _root;

    public SchemaMap(string json) => _root = JsonNode.Parse(json)!.AsObject();

    /// <summary>Every key below a section, in the schema's order.</summary>
    public IEnumerable<SchemaKey> KeysOf(string section) => Below(section, Parts(_root["properties"]![section]!));

    /// <summary>A section with every key that it may have, each with its first example, its default, or its first choice.</summary>
    public JsonObject Sample(string section) => new() { [section] = Sample(Parts(_root["properties"]![section]!)) };

    /// <summary>A section with every key that has a default, at its default; but no lists and no maps.</summary>
    public JsonObject Defaults(string section) => Defaults(Parts(_root["properties"]![section]!));

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(List<JsonObject> parts) =>
        parts.SelectMany(part => part["properties"]?.AsObject() ?? []);

    private static JsonObject? Each(List<JsonObject> parts) =>
        parts.Select(part => part["additionalProperties"] ?? part["items"]).OfType<JsonObject>().FirstOrDefault();

    private IEnumerable<SchemaKey> Below(string path, List<JsonObject> parts)
    {
        foreach (var (name, schema) in Properties(parts))
        {
            var key = new SchemaKey($"{path}:{name}", Parts(schema!));
            yield return key;
            foreach (SchemaKey below in Below(key.Path, key.Parts))
            {
                yield return below;
            }
        }

        if (Each(parts) is { } each && Parts(each) is var inside && Properties(inside).Any())
        {
            yield return new SchemaKey(path + ":*", inside);
            foreach (SchemaKey below in Below(path + ":*", inside))
            {
                yield return below;
            }
        }
    }

    private JsonNode? Sample(List<JsonObject> parts)
    {
        var key = new SchemaKey("", parts);
        if ((key.Find("examples")?[0] ?? key.Find("default") ?? key.Find("enum")?[0] ?? key.Find("const")) is { } given)
        {
            return given.DeepClone();
        }

        if (Properties(parts).Any())
        {
            return new JsonObject(Properties(parts).Select(p => KeyValuePair.Create(p.Key, Sample(Parts(p.Value!)))));
        }

        if (key.Find("items") is { } item)
        {
            return new JsonArray(Sample(Parts(item)));
        }

        if (key.Find("additionalProperties") is JsonObject any)
        {
            return new JsonObject { [AnyName] = Sample(Parts(any)) };
        }

        return key.Find("minimum")?.DeepClone() ?? throw new InvalidOperationException($"no example in {parts[0]}");
    }

    private JsonObject Defaults(List<JsonObject> parts)
    {
        var found = new JsonObject();
        foreach (var (name, schema) in Properties(parts))
        {
            var key = new SchemaKey(name, Parts(schema!));
            if (key.Find("default") is { } value)
            {
                found[name] = value.DeepClone();
            }
            else if (Properties(key.Parts).Any() && Defaults(key.Parts) is { Count: > 0 } below)
            {
                found[name] = below; // an empty object may ask for something by being there
            }
        }

        return found;
    }

    private List<JsonObject> Parts(JsonNode schema)
    {
        var parts = new List<JsonObject>();
        for (JsonNode? part = schema; part is JsonObject; part = Referred((string?)part["$ref"]))
        {
            parts.Add(part.AsObject());
        }

        return parts;
    }

    private JsonNode? Referred(string? reference) => reference?.Split('/').Skip(1)
        .Aggregate((JsonNode?)_root, (at, name) => at?[name] ?? throw new InvalidOperationException($"{reference} leads nowhere"));
}
