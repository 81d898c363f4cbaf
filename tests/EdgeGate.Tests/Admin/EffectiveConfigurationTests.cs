using System.Text.Json.Nodes;
using EdgeGate.Admin;
using EdgeGate.Tests.Configuration;

namespace EdgeGate.Tests.Admin;

public sealed class EffectiveConfigurationTests
{
    [Fact]
    public async Task Defaults_are_filled_in()
    {
        JsonObject json = await OfAsync(Loaded.Json(section: """, "Defaults": { "Backlog": 77 }, "Limits": { "maxconnections": 5 }"""));

        JsonNode web = json["EdgeGate"]!["Listeners"]!["web"]!;
        Assert.Equal(77, (int)web["Backlog"]!);
        Assert.Equal("00:01:15", (string?)web["IdleTimeout"]);
        Assert.Equal("Off", (string?)json["EdgeGate"]!["Listeners"]!["game"]!["FirstByteTimeout"]);
        Assert.Equal(5, (int)json["EdgeGate"]!["Limits"]!["MaxConnections"]!);
        Assert.Equal("auto", (string?)json["EdgeGate"]!["Transport"]!["Loops"]);
        Assert.Equal("127.0.0.1:9901", (string?)json["EdgeGate"]!["Admin"]!["Bind"]);
        Assert.Equal("http://127.0.0.1:5000", (string?)json["ReverseProxy"]!["Clusters"]!["app"]!["Destinations"]!["one"]!["Address"]);
    }

    [Fact]
    public async Task A_token_is_not_shown()
    {
        JsonObject json = await OfAsync(Loaded.Json(section: """, "Admin": { "Token": "0123456789abcdef" }"""));

        Assert.Equal(Redaction.Mark, (string?)json["EdgeGate"]!["Admin"]!["Token"]);
    }

    [Fact]
    public async Task What_is_shown_is_a_configuration_that_comes_out_the_same()
    {
        JsonObject shown = await OfAsync(Loaded.Udp(more: """, "Allow": [ "10.0.0.0/8" ], "MaxConnections": 9"""));
        JsonObject again = await OfAsync(shown.ToJsonString());

        Assert.True(JsonNode.DeepEquals(shown, again), $"{shown}\n{again}");
    }

    private static async Task<JsonObject> OfAsync(string json)
    {
        var loaded = await Loaded.FromAsync(json);
        Assert.Empty(loaded.Errors);
        return EffectiveConfiguration.Of(loaded);
    }
}
