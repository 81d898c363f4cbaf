using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using EdgeGate.Configuration;
using EdgeGate.Http.Policies;
using Microsoft.Extensions.Configuration;

namespace EdgeGate.Tests.Configuration;

/// <summary>
/// Holds the JSON schema that editors use against the readers, in both directions. It is tried on a configuration made of
/// the schema's own examples, so that a new key needs nothing here.
/// </summary>
public sealed class ConfigurationSchemaTests
{
    private const string Section = "EdgeGate";
    private const string NoValue = "no such value";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "config");
    private static readonly SchemaMap Map = new(File.ReadAllText(SchemaJudge.File));
    private static readonly JsonObject[] Variants = [.. MakeVariants()];

    public static TheoryData<string> ShippedConfigurations => [.. Directory.GetFiles(Folder, "*.json")
        .Concat(Directory.GetFiles(Path.Combine(Folder, "examples"), "*.json"))
        .Concat(Directory.GetFiles(Path.Combine(Folder, "..", "deploy", "compose"), "*.json")).Select(file => Path.GetRelativePath(Folder, file))];

    [Fact]
    public void Every_key_that_is_read_is_described_and_every_key_that_is_described_is_read()
    {
        string[] described = [.. Map.KeysOf(Section).Select(key => key.Path).Distinct()];
        string[] read = [.. Variants.SelectMany(variant => Read(variant).Report.AskedKeys).Select(General).Distinct()];

        string[] missing = [.. read.Except(described, StringComparer.OrdinalIgnoreCase)];
        Assert.True(missing.Length == 0, "describe these keys in config/schema/edgegate.schema.json:\n" + string.Join('\n', missing));
        string[] unread = [.. described.Except(read, StringComparer.OrdinalIgnoreCase)];
        Assert.True(unread.Length == 0, "no reader asks for these keys of the schema:\n" + string.Join('\n', unread));
        Assert.Empty(described.Except(read, StringComparer.Ordinal)); // nor do they differ by case
    }

    [Fact]
    public void Every_key_says_what_it_is_for() => Assert.Empty(
        Map.KeysOf(Section).Where(key => !key.Path.EndsWith('*') && string.IsNullOrWhiteSpace(key.Description)).Select(key => key.Path));

    [Fact]
    public void The_metadata_keys_are_those_that_are_read()
    {
        ILookup<string, string> described = Map.KeysOf("ReverseProxy").Select(key => key.Path)
            .Where(path => path.Contains(":EdgeGate.", StringComparison.Ordinal))
            .ToLookup(path => path.Contains(":Destinations:", StringComparison.Ordinal) ? "destination" : "cluster", path => path.Split(':')[^1]);

        Assert.Equal(UpstreamMetadata.ClusterKeys.Order(), described["cluster"].Order());
        Assert.Equal(UpstreamMetadata.DestinationKeys.Order(), described["destination"].Order());
    }

    [Theory]
    [MemberData(nameof(ShippedConfigurations))]
    public async Task What_is_shipped_pleases_both(string file)
    {
        string path = Path.Combine(Folder, file);
        string json = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

        Assert.Empty(SchemaJudge.ErrorsOf(json));
        Assert.DoesNotContain(
            (await Loaded.FromAsync(json, Path.GetDirectoryName(path))).Errors,
            error => !error.ToString().Contains("there is no file", StringComparison.Ordinal)); // certificates are not shipped
        string named = (string)JsonNode.Parse(json, documentOptions: SchemaJudge.Leniency)!["$schema"]!;
        Assert.Equal(SchemaJudge.File, Path.GetFullPath(named, Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_value_that_means_nothing_is_refused_by_both_or_by_neither()
    {
        foreach (SchemaKey key in Map.KeysOf(Section).Where(key => key.IsLeaf))
        {
            var (schema, reader) = Try(key, NoValue);

            // What is only wrong because no such file is there cannot be seen by a schema.
            Assert.True(IsFile(key.Path) || schema == (reader.Length > 0), $"{key.Path}: the schema {Says(schema)}, the reader says '{reader}'");
            if (key.Choices is { } choices)
            {
                Assert.Contains($"is not one of {string.Join(", ", choices)}.", reader, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_list_of_choices_has_the_same_in_both()
    {
        SchemaKey[] lists = [.. Map.KeysOf(Section).Where(key => key.Find("items")?["enum"] is not null)];
        Assert.NotEmpty(lists);
        Assert.All(lists, key =>
        {
            Assert.Equal((false, ""), Try(key, key.Find("items")!["enum"]!));
            var (schema, reader) = Try(key, new JsonArray(NoValue));
            Assert.True(schema);
            Assert.Contains(NoValue, reader, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_number_has_the_same_bounds_in_both()
    {
        int bounds = 0;
        foreach (SchemaKey key in Map.KeysOf(Section).Where(key => key.IsLeaf))
        {
            foreach (var (value, isGood) in Bounds(key))
            {
                var (schema, reader) = Try(key, value);
                Assert.True(schema != isGood, $"{key.Path}: {value}: the schema {Says(schema)}");
                Assert.True(reader.Length == 0 == isGood, $"{key.Path}: {value}: the reader says '{reader}'");
                bounds++;
            }
        }

        Assert.True(bounds > 50, $"only {bounds} bounds were tried");
    }

    [Fact]
    public void Every_default_is_what_holds_where_the_key_is_not()
    {
        JsonObject told = Map.Defaults(Section);
        JsonObject untold = Skeleton(told);
        foreach (JsonObject section in new[] { told, untold })
        {
            section["Listeners"] = JsonNode.Parse("""
                {
                  "web": { "Bind": "127.0.0.1:8080", "Protocol": "http" },
                  "secure": { "Bind": "127.0.0.1:8443", "Protocol": "https", "Tls": { "Certificates": [ { "CertificatePath": "a.pem" } ] } }
                }
                """);
        }

        var (with, report) = Read(new JsonObject { [Section] = told });
        var (without, _) = Read(new JsonObject { [Section] = untold });

        Assert.Empty(report.Errors);
        Assert.All(with.Listeners.Zip(without.Listeners), both => Assert.Equal(both.Second.Settings, both.First.Settings));
        foreach (var section in typeof(GatewayConfig).GetProperties().Where(p => told.ContainsKey(p.Name) && p.Name != "Listeners"))
        {
            Assert.Equal(section.GetValue(without)?.ToString(), section.GetValue(with)?.ToString());
        }
    }

    [Fact]
    public void Every_default_of_a_policy_is_what_holds_where_the_key_is_not()
    {
        int defaults = 0;
        foreach (SchemaKey key in Map.KeysOf(Section).Where(key => key.IsLeaf && key.Path.StartsWith("EdgeGate:Http:", StringComparison.Ordinal)
            && key.Path.Contains(":*:", StringComparison.Ordinal)))
        {
            if (key.Find("default") is { } value)
            {
                var (sample, parent, last, _) = SampleWith(key);
                parent[last] = value.DeepClone();
                string[] with = Policies(Read(sample).Config);
                parent.Remove(last);
                Assert.Equal(Policies(Read(sample).Config), with);
                defaults++;
            }
        }

        Assert.True(defaults > 5, $"only {defaults} defaults were tried");
    }

    // Records in full; all that routes can name.
    private static string[] Policies(GatewayConfig config) =>
    [
        .. typeof(HttpPolicies).GetProperties().Select(property => property.GetValue(config.Http.Policies)).OfType<IDictionary>()
            .Append((IDictionary?)config.Http.Policies.OutputCache?.Policies)
            .SelectMany(named => named!.Values.Cast<object>()).Select(policy => policy.ToString()!),
    ];

    // What is asked for by a section, be it with nothing in its braces, must be asked for in both.
    private static JsonObject Skeleton(JsonObject section) => new(section.Where(p => p.Value is JsonObject)
        .Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Skeleton(p.Value!.AsObject()))));

    // Some keys belong to one protocol or one kind of bind alone, and one token is enough.
    private static IEnumerable<JsonObject> MakeVariants()
    {
        string[] protocols = [.. Map.KeysOf(Section).Single(key => key.Path == "EdgeGate:Listeners:*:Protocol").Choices!];
        foreach (string protocol in protocols)
        {
            foreach (var (bind, token) in new[] { ("0.0.0.0:8080", "Token"), ("unix:/run/e.sock", "TokenFile") })
            {
                JsonObject sample = Map.Sample(Section);
                JsonObject listener = sample[Section]!["Listeners"]![SchemaMap.AnyName]!.AsObject();
                (listener["Bind"], listener["Protocol"]) = (bind, protocol);
                sample[Section]!["Admin"]!.AsObject().Remove(token);
                foreach (string name in SchemaJudge.ErrorsOf(sample.ToJsonString()).Where(e => e.Error.Contains("false schema", StringComparison.Ordinal))
                    .Select(e => e.Place.Split('/')[^1]).ToArray())
                {
                    listener.Remove(name);
                }

                if (SchemaJudge.ErrorsOf(sample.ToJsonString()).Length == 0)
                {
                    yield return sample;
                }
            }
        }
    }

    private static (GatewayConfig Config, ConfigurationReport Report) Read(JsonObject sample)
    {
        string json = sample.ToJsonString();
        IConfigurationRoot root =
            new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var report = new ConfigurationReport("test.json", JsonMap.Read("test.json", "{}"u8.ToArray()), new Dictionary<string, string>());
        return (new GatewayReader(root, Folder, report).Read(), report);
    }

    /// <summary>Writes a value at a key of the first sample that has it.</summary>
    /// <returns>Whether the schema refuses it there, and what the readers say of it there.</returns>
    private static (bool Schema, string Reader) Try(SchemaKey key, JsonNode value)
    {
        var (sample, parent, last, path) = SampleWith(key);
        parent[last] = value.DeepClone();
        IEnumerable<string> said = Read(sample).Report.Errors
            .Where(e => e.Path == path || e.Path.StartsWith(path + ":", StringComparison.Ordinal)).Select(e => e.Message);
        return (SchemaJudge.ErrorsOf(sample.ToJsonString()).Length > 0, string.Join(' ', said));
    }

    private static (JsonObject Sample, JsonObject Parent, string Last, string Path) SampleWith(SchemaKey key)
    {
        string[] names = key.Path.Split(':');
        JsonObject? sample = Variants.Select(variant => variant.DeepClone().AsObject()).FirstOrDefault(v => Place(v, names) is not null);
        Assert.True(sample is not null, $"{key.Path}: no configuration that the schema takes can have it");
        var (parent, last, path) = Place(sample, names)!.Value;
        return (sample, parent, last, path);
    }

    // Null where the sample does not have the key.
    private static (JsonObject Parent, string Last, string Path)? Place(JsonObject sample, string[] names)
    {
        JsonNode? at = sample;
        var path = new List<string>();
        foreach (string name in names)
        {
            if (path.Count > 0)
            {
                at = at is JsonArray list ? list[0] : at![path[^1]];
            }

            path.Add(name != "*" ? name : at is JsonArray ? "0" : SchemaMap.AnyName);
            if (at is null || (at is JsonObject here && !here.ContainsKey(path[^1])))
            {
                return null;
            }
        }

        return (at!.AsObject(), path[^1], string.Join(':', path));
    }

    private static IEnumerable<(JsonNode Value, bool IsGood)> Bounds(SchemaKey key)
    {
        JsonObject[] all = [.. key.Parts.Concat(key.Parts.SelectMany(part => part["anyOf"]?.AsArray().OfType<JsonObject>() ?? []))];
        foreach (JsonObject part in all)
        {
            if (part["minimum"] is { } least)
            {
                yield return (least, true);
                yield return ((int)least - 1, false);
            }

            if (part["maximum"] is { } most)
            {
                yield return (most, true);
                yield return ((double)most + 1, false);
            }

            if (part["exclusiveMinimum"] is { } above)
            {
                yield return (above, false);
            }
        }
    }

    private static string General(string path) => string.Join(
        ':', path.Split(':').Select(name => name == SchemaMap.AnyName || int.TryParse(name, CultureInfo.InvariantCulture, out _) ? "*" : name));

    private static bool IsFile(string path) =>
        path.EndsWith("Path", StringComparison.Ordinal) || path.EndsWith("File", StringComparison.Ordinal);

    private static string Says(bool refuses) => refuses ? "refuses it" : "takes it";
}
