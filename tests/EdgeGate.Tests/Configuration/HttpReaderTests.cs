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
            "RateLimits": { "api": { "Kind": "TokenBucket", "Permits": 10, "Window": "00:00:02", "Burst": 30, "Queue": 5, "By": "Header", "Header": "X-Key" } },
            "Cors": { "app": { "Origins": ["https://app.example"], "Methods": ["PUT"], "Credentials": true, "MaxAge": "01:00:00" } },
            "Timeouts": { "slow": { "Timeout": "00:05:00" } },
            "Compression": { "Https": true, "MimeTypes": ["text/plain"] },
            "OutputCache": { "SizeLimit": 1000000, "MaxBodySize": 1000, "Policies": { "all": { "Expiration": "00:01:00" }, "few": { "Expiration": "00:02:00", "VaryByQuery": [], "VaryByHeader": ["X-Lang"] } } },
            "Maintenance": { "Enabled": true, "Allow": ["10.0.0.0/8"], "RetryAfter": "00:10:00" },
            "Limits": { "MaxRequestBodySize": 5000000000, "MaxRequestLineSize": 4096, "MaxRequestHeadersTotalSize": 65536, "MaxRequestHeaderCount": 50 },
            """));

        var policies = config.Http.Policies;
        Assert.Equal((8443, "WEB"), (policies.HttpsRedirect!.Port, Assert.Single(policies.HttpsRedirect.Listeners)));
        Assert.Equal(new HstsPolicy { MaxAge = TimeSpan.FromDays(730), IncludeSubDomains = true, Preload = true }, policies.Hsts);
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::1/128")], policies.TrustedProxies);
        Assert.Equal(
            new RateLimitPolicy
            {
                Kind = RateLimitKind.TokenBucket,
                Permits = 10,
                Window = TimeSpan.FromSeconds(2),
                Burst = 30,
                Queue = 5,
                By = RateLimitScope.Header,
                Header = "X-Key",
            },
            policies.RateLimits["API"]);
        Assert.Equal((true, "PUT", TimeSpan.FromHours(1)), (policies.Cors["app"].Credentials, policies.Cors["app"].Methods.Single(), policies.Cors["app"].MaxAge));
        Assert.Equal(TimeSpan.FromMinutes(5), policies.Timeouts["slow"]);
        Assert.Equal((true, "text/plain"), (policies.Compression!.Https, policies.Compression.MimeTypes.Single()));
        Assert.Equal((1_000_000, 1000), (policies.OutputCache!.SizeLimitBytes, policies.OutputCache.MaxBodyBytes));
        Assert.Null(policies.OutputCache.Policies["all"].VaryByQuery);
        Assert.Equal([], policies.OutputCache.Policies["few"].VaryByQuery!);
        Assert.Equal((IPNetwork.Parse("10.0.0.0/8"), 10), (policies.Maintenance!.Allow.Single(), policies.Maintenance.RetryAfter.TotalMinutes));
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
    [InlineData("\"RateLimits\": { \"a\": { \"Kind\": \"TokenBuket\", \"Permits\": 1 } }", "RateLimits:a:Kind", "Did you mean 'TokenBucket'?")]
    [InlineData("\"RateLimits\": { \"a\": { \"Kind\": \"FixedWindow\", \"Permits\": 1, \"By\": \"Header\" } }", "RateLimits:a:Header", "X-Api-Key")]
    [InlineData("\"RateLimits\": { \"a\": { \"Kind\": \"FixedWindow\" } }", "RateLimits:a", "Permits is missing")]
    [InlineData("\"Cors\": { \"a\": { \"Origins\": [\"*\"], \"Credentials\": true } }", "Cors:a:Credentials", "name the origins")]
    [InlineData("\"Timeouts\": { \"a\": { \"Timeout\": \"5\" } }", "Timeouts:a:Timeout", "is not a time")]
    [InlineData("\"OutputCache\": { \"Policies\": { \"a\": {} } }", "OutputCache:Policies:a", "Expiration is missing")]
    [InlineData("\"ErrorPages\": { \"5xx\": { \"HtmlFile\": \"/dev/null\" } }", "ErrorPages:5xx", "no status of an error")]
    [InlineData("\"ErrorPages\": { \"503\": { \"HtmlFile\": \"/no/such.html\" } }", "ErrorPages:503:HtmlFile", "there is no file /no/such.html")]
    [InlineData("\"ErrorPages\": { \"503\": {} }", "ErrorPages:503", "there is no page")]
    [InlineData("\"Maintenance\": { \"Enabled\": \"yes\" }", "Maintenance:Enabled", "neither true nor false")]
    [InlineData("\"Authorization\": { \"a\": { \"Kind\": \"Bsic\" } }", "Authorization:a:Kind", "Did you mean 'Basic'?")]
    [InlineData("\"Authorization\": { \"a\": { \"Kind\": \"Basic\" } }", "Authorization:a", "UsersFile is missing")]
    [InlineData("\"Authorization\": { \"a\": { \"Kind\": \"Basic\", \"UsersFile\": \"/etc/hostname\" } }", "Authorization:a:UsersFile", "line 1 is not a user and a bcrypt hash")]
    [InlineData("\"Authorization\": { \"a\": { \"Kind\": \"Jwt\", \"Audience\": \"b\" } }", "Authorization:a:KeysFile", "either Authority")]
    [InlineData("\"Authorization\": { \"a\": { \"Kind\": \"Jwt\", \"Audience\": \"b\", \"Authority\": \"http://login.example\" } }", "Authorization:a:Authority", "https://")]
    [InlineData("\"Authorization\": { \"a\": { \"Kind\": \"Jwt\", \"Audience\": \"b\", \"Issuer\": \"c\", \"KeysFile\": \"/etc/hostname\" } }", "Authorization:a:KeysFile", "not a JSON Web Key Set")]
    [InlineData("\"Authorization\": { \"a\": { \"Kind\": \"Forward\", \"Cluster\": \"ap\", \"Path\": \"/v\" } }", "Authorization:a:Cluster", "Did you mean 'app'?")]
    [InlineData("\"Authorization\": { \"Anonymous\": { \"Kind\": \"Forward\", \"Cluster\": \"app\", \"Path\": \"/v\" } }", "Authorization:Anonymous", "call the policy otherwise")]
    [InlineData("\"Limits\": { \"MaxRequestBodySize\": \"1m\" }", "Limits:MaxRequestBodySize", "number of bytes")]
    public async Task What_is_wrong_is_said_with_its_path(string key, string path, string message)
    {
        var error = await Loaded.ErrorAsync(Http(key));

        Assert.Equal("EdgeGate:Http:" + path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"RateLimits\": { \"a\": { \"Kind\": \"Concurrency\", \"Permits\": 1, \"Window\": \"00:00:01\" } }", "RateLimits:a:Window")]
    [InlineData("\"Authorization\": { \"a\": { \"Kind\": \"Forward\", \"Cluster\": \"app\", \"Path\": \"/v\", \"Realm\": \"b\" } }", "Authorization:a:Realm")]
    [InlineData("\"Authorization\": { \"a\": { \"Kind\": \"Jwt\", \"Authority\": \"https://login.example\" } }", "Authorization:a:Audience")]
    public async Task What_does_nothing_and_what_is_rash_is_a_warning(string key, string path)
    {
        var loaded = await Loaded.FromAsync(Http(key));

        Assert.Empty(loaded.Errors);
        Assert.Equal("EdgeGate:Http:" + path, Assert.Single(loaded.Warnings).Path);
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
    [InlineData("\"RateLimiterPolicy\": \"API\"", "\"RateLimits\": { \"api\": { \"Kind\": \"Concurrency\", \"Permits\": 1 } }")]
    [InlineData("\"OutputCachePolicy\": \"a\"", "\"OutputCache\": { \"Policies\": { \"a\": { \"Expiration\": \"00:01:00\" } } }")]
    [InlineData("\"TimeoutPolicy\": \"a\"", "\"Timeouts\": { \"a\": { \"Timeout\": \"00:01:00\" } }")]
    [InlineData("\"AuthorizationPolicy\": \"A\"", "\"Authorization\": { \"a\": { \"Kind\": \"Forward\", \"Cluster\": \"app\", \"Path\": \"/v\" } }")]
    [InlineData("\"CorsPolicy\": \"a\"", "\"Cors\": { \"a\": { \"Origins\": [\"*\"] } }")]
    public Task What_is_defined_may_be_named(string route, string http) => Loaded.GoodAsync(
        WithRoute(route).Replace("\"EdgeGate\": {", $"\"EdgeGate\": {{ \"Http\": {{ {http} }},", StringComparison.Ordinal));

    [Theory]
    [InlineData("\"AuthorizationPolicy\": \"anonymous\"")]
    [InlineData("\"CorsPolicy\": \"disable\"")]
    [InlineData("\"RateLimiterPolicy\": \"Disable\"")]
    public Task What_yarp_itself_names_is_there(string key) => Loaded.GoodAsync(WithRoute(key));

    private static string Http(string keys) => Loaded.Json(section: $", \"Http\": {{ {keys} }}");

    private static string WithRoute(string keys) => Loaded.Json().Replace(
        "\"all\": { \"ClusterId\"", $"\"all\": {{ {keys}, \"ClusterId\"", StringComparison.Ordinal);
}
