using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeGate.Admin;

/// <summary>
/// Takes secrets out of a configuration before it is shown: by the name of the key, by the name of the header, query
/// parameter or cookie that a transform or a match is about, and by what a value looks like. It takes too much rather
/// than too little.
/// </summary>
internal static partial class Redaction
{
    public const string Mark = "(redacted)";

    // Keys that say which header, parameter or cookie the values beside them belong to: YARP's transforms and matches.
    private static readonly string[] Naming =
        ["RequestHeader", "ResponseHeader", "ResponseTrailer", "QueryValueParameter", "QueryRouteParameter", "Name"];

    private static readonly string[] Valued = ["Set", "Append", "Value", "Values"];

    public static void Redact(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                RedactObject(json);
                break;
            case JsonArray list:
                for (int i = 0; i < list.Count; i++)
                {
                    if (!TryClean(list[i], out string clean))
                    {
                        Redact(list[i]);
                    }
                    else
                    {
                        list[i] = clean;
                    }
                }

                break;
        }
    }

    private static void RedactObject(JsonObject json)
    {
        bool isAboutSecret = Naming.Any(key => json[key] is JsonValue value
            && value.TryGetValue(out string? name) && SecretHeader().IsMatch(name));
        foreach (string key in json.Select(pair => pair.Key).ToArray())
        {
            JsonNode? value = json[key];
            if (value is null)
            {
                continue;
            }

            if ((isAboutSecret && Valued.Contains(key, StringComparer.OrdinalIgnoreCase)) || IsSecretKey(key, value))
            {
                json[key] = Mark;
            }
            else if (TryClean(value, out string clean))
            {
                json[key] = clean;
            }
            else
            {
                Redact(value);
            }
        }
    }

    // A path, a file or a name says where a secret is, and not what it is.
    private static bool IsSecretKey(string key, JsonNode value) =>
        value is not JsonObject && SecretKey().IsMatch(key) && !Pointer().IsMatch(key);

    /// <summary>The text of a value that has a secret within it, without that.</summary>
    private static bool TryClean(JsonNode? node, out string clean)
    {
        clean = "";
        if (node is not JsonValue value || !value.TryGetValue(out string? text))
        {
            return false;
        }

        clean = Credentials().IsMatch(text) ? Mark : QuerySecret().Replace(UserInfo().Replace(text, "$1" + Mark + "@"), "$1" + Mark);
        return !clean.Equals(text, StringComparison.Ordinal);
    }

    [GeneratedRegex("password|passphrase|passwd|secret|token|credential|api-?_?key|private-?_?key|authorization|connectionstring", RegexOptions.IgnoreCase)]
    private static partial Regex SecretKey();

    [GeneratedRegex("(path|file|name|timeout)$", RegexOptions.IgnoreCase)]
    private static partial Regex Pointer();

    [GeneratedRegex("auth|cookie|token|secret|password|passwd|credential|key|signature|^sig$|session", RegexOptions.IgnoreCase)]
    private static partial Regex SecretHeader();

    [GeneratedRegex("^(basic|bearer|digest|negotiate|apikey) .|-----BEGIN ", RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();

    /// <summary>user:password@ of a URL.</summary>
    [GeneratedRegex("(://)[^/@\\s?#]+@")]
    private static partial Regex UserInfo();

    [GeneratedRegex("([?&][^=&#]*(?:auth|token|secret|password|key|signature|sig)[^=&#]*=)[^&#]+", RegexOptions.IgnoreCase)]
    private static partial Regex QuerySecret();
}
