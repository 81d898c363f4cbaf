namespace EdgeGate.Tests.Configuration;

/// <summary>Configurations that the schema and the validator must both take, or both refuse.</summary>
public sealed class SchemaAgreementTests
{
    [Theory]
    [InlineData("")]
    [InlineData(", \"Allow\": [\"10.0.0.0/8\", \"::1\", \"192.0.2.1\"], \"IdleTimeout\": \"Off\", \"DrainTimeout\": \"1.00:00:00\"")]
    [InlineData("", ", \"Limits\": { \"MaxConnections\": 1000, \"Overload\": { \"Reset\": \"Off\" } }, \"ReloadOnChange\": true")]
    [InlineData("", ", \"Admin\": { \"Bind\": \"[::1]:9901\", \"Token\": \"0123456789abcdef\", \"TakeoverSocket\": \"off\" }")]
    [InlineData("", ", \"Metrics\": { \"Otlp\": { \"Endpoint\": \"http://c:4317\", \"Interval\": \"00:00:10\" } }")]
    [InlineData("", ", \"Http\": { \"Hsts\": { \"MaxAge\": \"365.00:00:00\", \"IncludeSubDomains\": true, \"Preload\": true } }")]
    [InlineData("", ", \"Http\": { \"Authorization\": { \"a\": { \"Kind\": \"Jwt\", \"Authority\": \"http://127.0.0.1:8081\", \"Audience\": \"b\" } } }")]
    [InlineData("", "", ", \"x\": { \"Metadata\": { \"EdgeGate.Retries\": \"10\", \"EdgeGate.RetryBudget\": \"100\" } }")]
    [InlineData("", "", ", \"x\": { \"LoadBalancingPolicy\": \"Weighted\", \"Destinations\": { \"d\": { \"Address\": \"tcp://a:1\", \"Metadata\": { \"EdgeGate.Weight\": \"1000000\" } } } }")]
    public async Task What_is_good_pleases_both(string listener, string section = "", string cluster = "")
    {
        string json = Loaded.Json(listener, section, cluster);

        Assert.Empty(SchemaJudge.ErrorsOf(json));
        Assert.Empty((await Loaded.FromAsync(json)).Errors);
    }

    [Theory]
    [InlineData(", \"Backlg\": 1")]
    [InlineData(", \"IdleTimeout\": 30")]
    [InlineData(", \"IdleTimeout\": \"30\"")]
    [InlineData(", \"ConnectTimeout\": \"5s\"")]
    [InlineData(", \"ConnectTimeout\": \"00:00:00\"")]
    [InlineData(", \"ConnectTimeout\": \"Off\"")]
    [InlineData(", \"Backlog\": { \"Max\": 1 }")]
    [InlineData(", \"Allow\": \"10.0.0.0/8\"")]
    [InlineData(", \"Allow\": [\"10/8\"]")]
    [InlineData(", \"Deny\": [\"10.0.0.0/33\"]")]
    [InlineData(", \"Cluster\": \"game\"")]
    [InlineData(", \"Tls\": true")]
    [InlineData(", \"Tls\": { \"Certificates\": [ { \"CertificatePath\": \"a.pem\" } ] }")]
    [InlineData(", \"SniRoutes\": { \"a.example.com\": \"game\" }")]
    [InlineData(", \"FlowIdleTimeout\": \"00:00:05\"")]
    [InlineData(", \"SocketMode\": \"0600\"")]
    [InlineData("", ", \"Limit\": { }")]
    [InlineData("", ", \"Limits\": { \"MaxConnections\": \"all\" }")]
    [InlineData("", ", \"Limits\": { \"Overload\": { \"Warn\": \"on\" } }")]
    [InlineData("", ", \"Admin\": { \"Bind\": \"unix:/run/admin.sock\" }")]
    [InlineData("", ", \"Admin\": { \"Token\": \"0123456789abcdef\", \"TokenFile\": \"admin.token\" }")]
    [InlineData("", ", \"Admin\": { \"Token\": \"short\" }")]
    [InlineData("", ", \"Tracing\": { \"Otlp\": { \"Interval\": \"00:00:10\" } }")]
    [InlineData("", "", ", \"x\": { \"Metadata\": { \"EdgeGate.QueueTimeot\": \"00:00:05\" } }")]
    [InlineData("", "", ", \"x\": { \"Metadata\": { \"EdgeGate.MaxConnectionsPerDestination\": \"0\" } }")]
    [InlineData("", "", ", \"x\": { \"Metadata\": { \"EdgeGate.SendProxyProtocol\": \"3\" } }")]
    [InlineData("", "", ", \"x\": { \"Destinations\": { \"d\": { \"Address\": \"tcp://a:1\", \"Metadata\": { \"EdgeGate.QueueTimeout\": \"00:00:05\" } } } }")]
    [InlineData("", ", \"Http\": { \"HttpsRedirect\": { \"Port\": 70000 } }")]
    [InlineData("", ", \"Http\": { \"RateLimits\": { \"a\": { \"Kind\": \"FixedWindow\", \"Permits\": 1, \"By\": \"Header\", \"Header\": \"X Key\" } } }")]
    [InlineData("", ", \"Http\": { \"Cors\": { \"a\": { \"Origins\": [] } } }")]
    [InlineData("", ", \"Http\": { \"Authorization\": { \"a\": { \"Kind\": \"Jwt\", \"Authority\": \"https://a\", \"RequiredClaims\": \"scope\" } } }")]
    [InlineData("", ", \"Http\": { \"Authorization\": { \"a\": { \"Kind\": \"Jwt\", \"Authority\": \"https://a\", \"RequiredClaims\": { \"scope\": [\"api\"] } } } }")]
    [InlineData("", ", \"Http\": { \"OutputCache\": { \"Policies\": { \"a\": { \"Expiration\": \"00:01:00\", \"VaryByQuery\": [[\"page\"]] } } } }")]
    [InlineData("", "", ", \"x\": { \"Metadata\": { \"EdgeGate.Retries\": \"11\" } }")]
    [InlineData("", "", ", \"x\": { \"Metadata\": { \"EdgeGate.Retries\": \"0\" } }")]
    [InlineData("", "", ", \"x\": { \"Metadata\": { \"EdgeGate.RetryBudget\": \"101\" } }")]
    [InlineData("", "", ", \"x\": { \"Metadata\": { \"EdgeGate.Weight\": \"1\" } }")]
    [InlineData("", "", ", \"x\": { \"Destinations\": { \"d\": { \"Address\": \"tcp://a:1\", \"Metadata\": { \"EdgeGate.Weight\": \"1000001\" } } } }")]
    public async Task What_is_bad_is_refused_by_both(string listener, string section = "", string cluster = "")
    {
        string json = Loaded.Json(listener, section, cluster);

        Assert.NotEmpty(SchemaJudge.ErrorsOf(json));
        Assert.NotEmpty((await Loaded.FromAsync(json)).Errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"Bind\": \"127.0.0.1:9\"")]
    [InlineData("\"Protocol\": \"http\"")]
    [InlineData("\"Bind\": \"9\", \"Protocol\": \"http\"")]
    [InlineData("\"Bind\": \"http://127.0.0.1:9\", \"Protocol\": \"http\"")]
    [InlineData("\"Bind\": \"::1:9\", \"Protocol\": \"http\"")]
    [InlineData("\"Bind\": \"systemd:\", \"Protocol\": \"http\"")]
    [InlineData("\"Bind\": \"unix:run/e.sock\", \"Protocol\": \"http\"")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"htpp\"")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tcp\"")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"udp\"")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tls\"")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"https\"")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"https\", \"Tls\": { \"Certificates\": [] }")]
    [InlineData("\"Bind\": \"unix:/run/e.sock\", \"Protocol\": \"udp\", \"Cluster\": \"game\"")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"udp\", \"Cluster\": \"game\", \"ProxyProtocol\": \"Required\"")]
    public async Task A_bad_listener_is_refused_by_both(string keys)
    {
        string json = Loaded.Json().Replace("\"game\": { \"Bind\"", $"\"x\": {{ {keys} }},\n\"game\": {{ \"Bind\"", StringComparison.Ordinal);

        Assert.NotEmpty(SchemaJudge.ErrorsOf(json));
        Assert.NotEmpty((await Loaded.FromAsync(json)).Errors);
    }
}
