namespace EdgeGate.Tests.Configuration;

public sealed class ProxySectionTests
{
    [Fact]
    public async Task Yarps_own_validator_judges()
    {
        var error = await Loaded.ErrorAsync(Loaded.Json(proxy:
            """, "other": { "SessionAffinity": { "Enabled": true, "Policy": "Nope", "AffinityKeyName": "k" }, "Destinations": { "a": { "Address": "http://x" } } }"""));

        Assert.Equal("ReverseProxy:Clusters:other", error.Path);
        Assert.Contains("Nope", error.Message);
    }

    [Fact]
    public async Task The_value_that_yarp_cannot_read_is_found_and_the_rest_is_still_judged()
    {
        var loaded = await Loaded.FromAsync(Loaded.Json(proxy: """
            , "slow": { "HttpRequest": { "ActivityTimeout": "soon", "Version": "2" }, "Destinations": { "a": { "Address": "http://x" } } }
            , "other": { "LoadBalancingPolicy": "Nope", "Destinations": { "a": { "Address": "http://x" } } }
            """));

        Assert.Equal(
            ["ReverseProxy:Clusters:slow:HttpRequest:ActivityTimeout", "ReverseProxy:Clusters:other:LoadBalancingPolicy"],
            loaded.Errors.Select(e => e.Path));
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_read_is_not_also_called_missing()
    {
        var json = Loaded.Json().Replace("\"game\": { \"Destinations\"", "\"game\": { \"HttpRequest\": { \"Version\": \"x\" }, \"Destinations\"", StringComparison.Ordinal);

        Assert.Equal("ReverseProxy:Clusters:game:HttpRequest:Version", (await Loaded.ErrorAsync(json)).Path);
    }

    [Fact]
    public async Task A_slip_in_yarps_section_is_a_warning_and_an_own_key_is_nothing()
    {
        var loaded = await Loaded.FromAsync(Loaded.Json(proxy: """
            , "other": { "LodBalancingPolicy": "x", "OurOwnNotes": "y", "Metadata": { "Anything": "z" },
                         "Destinations": { "Adress": { "Address": "http://x", "Helth": "http://x" } } }
            """));

        Assert.Empty(loaded.Errors);
        Assert.Equal(
            ["ReverseProxy:Clusters:other:LodBalancingPolicy", "ReverseProxy:Clusters:other:Destinations:Adress:Helth"],
            loaded.Warnings.Select(w => w.Path));
        Assert.Contains("'LoadBalancingPolicy'", loaded.Warnings[0].Message);
    }

    [Fact]
    public async Task A_route_without_its_cluster_works_in_yarp_and_so_here_with_a_warning()
    {
        var loaded = await Loaded.FromAsync(Loaded.Json().Replace("\"ClusterId\": \"app\"", "\"ClusterId\": \"ap\"", StringComparison.Ordinal));

        Assert.Empty(loaded.Errors);
        Assert.Contains("Did you mean 'app'?", Assert.Single(loaded.Warnings).Message);
    }

    [Fact]
    public async Task Everything_that_yarp_knows_arrives()
    {
        var config = await Loaded.GoodAsync(Loaded.Json(proxy: """
            , "full": {
                "LoadBalancingPolicy": "PowerOfTwoChoices",
                "SessionAffinity": { "Enabled": true, "Policy": "HashCookie", "AffinityKeyName": "k", "Cookie": { "HttpOnly": true, "MaxAge": "1.00:00:00" } },
                "HealthCheck": { "Active": { "Enabled": true, "Interval": "00:00:10", "Path": "/up" }, "Passive": { "Enabled": true } },
                "HttpClient": { "SslProtocols": ["Tls12", "Tls13"], "MaxConnectionsPerServer": 10 },
                "HttpRequest": { "ActivityTimeout": "00:02:00", "Version": "2", "VersionPolicy": "RequestVersionOrLower" },
                "Destinations": { "a": { "Address": "https://x", "Health": "https://y", "Host": "z" } }
              }
            """));

        var full = config.FindCluster("FULL")!;
        Assert.Equal(TimeSpan.FromMinutes(2), full.HttpRequest!.ActivityTimeout);
        Assert.Equal("k", full.SessionAffinity!.AffinityKeyName);
        Assert.Equal("z", full.Destinations!["a"].Host);
    }
}
