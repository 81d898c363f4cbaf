using System.Collections;
using System.Text;
using EdgeGate.Configuration;

namespace EdgeGate.Tests.Configuration;

/// <summary>Loads configurations written in a test, without the variables of the machine that tests.</summary>
internal static class Loaded
{
    public static Task<LoadedConfiguration> FromAsync(string json, string? folder = null, params (string Name, string Value)[] environment)
    {
        var variables = new Hashtable();
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        return new ConfigurationLoader(variables).LoadAsync("test.json", Encoding.UTF8.GetBytes(json), folder);
    }

    /// <summary>One listener and one cluster of each lane, with more inside the first listener and section.</summary>
    public static string Json(string listener = "", string section = "", string proxy = "") => $$"""
        {
          "EdgeGate": {
            "Listeners": {
              "web": { "Bind": "127.0.0.1:8080", "Protocol": "http"{{listener}} },
              "game": { "Bind": "127.0.0.1:7000", "Protocol": "tcp", "Cluster": "game" }
            }{{section}}
          },
          "ReverseProxy": {
            "Routes": { "all": { "ClusterId": "app", "Match": { "Path": "{**all}" } } },
            "Clusters": {
              "app": { "Destinations": { "one": { "Address": "http://127.0.0.1:5000" } } },
              "game": { "Destinations": { "one": { "Address": "tcp://127.0.0.1:7001" } } }{{proxy}}
            }
          }
        }
        """;

    /// <summary>The same with a UDP listener and its cluster, both called dns.</summary>
    public static string Udp(string bind = "127.0.0.1:5353", string destination = "udp://127.0.0.1:53", string more = "") =>
        Json(proxy: $$""", "dns": { "Destinations": { "one": { "Address": "{{destination}}" } } }""").Replace(
            "\"game\": { \"Bind\"",
            $$"""
            "dns": { "Bind": "{{bind}}", "Protocol": "udp", "Cluster": "dns"{{more}} },
            "game": { "Bind"
            """,
            StringComparison.Ordinal);

    /// <summary>The configuration, which must be without errors.</summary>
    public static async Task<GatewayConfig> GoodAsync(string json, params (string Name, string Value)[] environment)
    {
        var loaded = await FromAsync(json, null, environment);
        Assert.Empty(loaded.Errors);
        return loaded.Config!;
    }

    /// <summary>The only error there is.</summary>
    public static async Task<ConfigurationError> ErrorAsync(string json)
    {
        var loaded = await FromAsync(json);
        Assert.Null(loaded.Config);
        return Assert.Single(loaded.Errors);
    }
}
