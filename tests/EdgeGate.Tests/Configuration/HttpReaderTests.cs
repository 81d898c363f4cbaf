using System.Net;
using EdgeGate.Http;
using EdgeGate.Http.Policies;

namespace EdgeGate.Tests.Configuration;

public sealed class HttpReaderTests
{
    [Fact]
    public async Task Nothing_is_done_unless_asked_for()
    {
        var http = (await Loaded.GoodAsync(Loaded.Json())).Http;

        Assert.Null(http.Policies.HttpsRedirect);
        Assert.Null(http.Policies.Hsts);
        Assert.Empty(http.Policies.TrustedProxies);
        Assert.Equal(new HttpLimits(), http.Limits);
    }

    [Fact]
    public async Task What_is_asked_for_is_read()
    {
        var config = await Loaded.GoodAsync(Http("""
            "HttpsRedirect": { "Port": 8443, "Listeners": ["WEB"] },
            "Hsts": { "MaxAge": "730.00:00:00", "IncludeSubDomains": true, "Preload": true },
            "ForwardedHeaders": { "TrustedProxies": ["10.0.0.0/8", "fd00::1"] },
            "Limits": { "MaxRequestBodySize": 5000000000, "MaxRequestLineSize": 4096, "MaxRequestHeadersTotalSize": 65536, "MaxRequestHeaderCount": 50 },
            """));

        var policies = config.Http.Policies;
        Assert.Equal((8443, "WEB"), (policies.HttpsRedirect!.Port, Assert.Single(policies.HttpsRedirect.Listeners)));
        Assert.Equal(new HstsPolicy { MaxAge = TimeSpan.FromDays(730), IncludeSubDomains = true, Preload = true }, policies.Hsts);
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::1/128")], policies.TrustedProxies);
        Assert.Equal(
            new HttpLimits { MaxRequestBodyBytes = 5_000_000_000, MaxRequestLineBytes = 4096, MaxRequestHeadersBytes = 65536, MaxRequestHeaders = 50 },
            config.Http.Limits);
        Assert.All(config.Listeners, listener => Assert.Equal(config.Http.Limits, listener.HttpLimits));
    }

    [Fact]
    public async Task An_empty_section_in_braces_is_asked_for_too() =>
        Assert.Equal(new HstsPolicy(), (await Loaded.GoodAsync(Http("\"Hsts\": {}"))).Http.Policies.Hsts);

    [Theory]
    [InlineData("\"HttpsRedirct\": {}", "HttpsRedirct", "Did you mean 'HttpsRedirect'?")]
    [InlineData("\"HttpsRedirect\": {}", "HttpsRedirect:Port", "write the one that clients come to")]
    [InlineData("\"HttpsRedirect\": { \"Port\": 443, \"Listeners\": [\"wbe\"] }", "HttpsRedirect:Listeners:0", "Did you mean 'web'?")]
    [InlineData("\"HttpsRedirect\": { \"Port\": 70000 }", "HttpsRedirect:Port", "from 1 to 65535")]
    [InlineData("\"Hsts\": { \"Preload\": true }", "Hsts:Preload", "365")]
    [InlineData("\"Hsts\": { \"MaxAge\": 31536000 }", "Hsts:MaxAge", "is not a time")]
    [InlineData("\"ForwardedHeaders\": { \"TrustedProxies\": [\"10.0.0.1/8\"] }", "ForwardedHeaders:TrustedProxies:0", "the network is 10.0.0.0/8")]
    [InlineData("\"Limits\": { \"MaxRequestBodySize\": \"1m\" }", "Limits:MaxRequestBodySize", "number of bytes")]
    public async Task What_is_wrong_is_said_with_its_path(string key, string path, string message)
    {
        var error = await Loaded.ErrorAsync(Http(key));

        Assert.Equal("EdgeGate:Http:" + path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AuthorizationPolicy", "Authorization", "anonimous", "Did you mean 'Anonymous'?")]
    [InlineData("CorsPolicy", "Cors", "x", "None is defined")]
    [InlineData("OutputCachePolicy", "OutputCache:Policies", "x", "None is defined")]
    [InlineData("RateLimiterPolicy", "RateLimits", "Disabel", "Did you mean 'Disable'?")]
    [InlineData("TimeoutPolicy", "Timeouts", "x", "None is defined")]
    public async Task A_policy_that_a_route_names_must_be_there(string key, string section, string name, string message)
    {
        var error = await Loaded.ErrorAsync(WithRoute($"\"{key}\": \"{name}\""));

        Assert.Equal($"ReverseProxy:Routes:all:{key}", error.Path);
        Assert.Contains($"there is no policy '{name}' in EdgeGate:Http:{section}.", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"AuthorizationPolicy\": \"anonymous\"")]
    [InlineData("\"CorsPolicy\": \"disable\"")]
    [InlineData("\"RateLimiterPolicy\": \"Disable\"")]
    public Task What_yarp_itself_names_is_there(string key) => Loaded.GoodAsync(WithRoute(key));

    private static string Http(string keys) => Loaded.Json(section: $", \"Http\": {{ {keys} }}");

    private static string WithRoute(string keys) => Loaded.Json().Replace(
        "\"all\": { \"ClusterId\"", $"\"all\": {{ {keys}, \"ClusterId\"", StringComparison.Ordinal);
}
