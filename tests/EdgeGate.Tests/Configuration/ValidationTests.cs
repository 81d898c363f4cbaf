using EdgeGate.Configuration;
using EdgeGate.Transport.ProxyProtocol;

namespace EdgeGate.Tests.Configuration;

public sealed class ValidationTests
{
    [Theory]
    [InlineData("\"IdleTimeout\": \"30\"", "IdleTimeout", "00:00:30")]
    [InlineData("\"IdleTimeout\": 30", "IdleTimeout", "00:00:30")]
    [InlineData("\"ConnectTimeout\": \"5s\"", "ConnectTimeout", "00:00:30")]
    [InlineData("\"ConnectTimeout\": \"00:00:00\"", "ConnectTimeout", "above zero")]
    [InlineData("\"ConnectTimeout\": \"Off\"", "ConnectTimeout", "not a time")]
    [InlineData("\"Backlog\": 0", "Backlog", "from 1 to")]
    [InlineData("\"Backlog\": \"many\"", "Backlog", "'many'")]
    [InlineData("\"Backlog\": { \"Max\": 1 }", "Backlog", "one value")]
    [InlineData("\"SourcePrefixV4\": 33", "SourcePrefixV4", "from 0 to 32")]
    [InlineData("\"Allow\": \"10.0.0.0/8\"", "Allow", "[ \"10.0.0.0/8\" ]")]
    [InlineData("\"Allow\": [\"::/0\", \"10.0.0.1/8\"]", "Allow:1", "10.0.0.0/8")]
    [InlineData("\"Deny\": [\"10/8\"]", "Deny:0", "not a network")]
    [InlineData("\"Deny\": [\"10.0.0.0/33\"]", "Deny:0", "from 0 to 32")]
    [InlineData("\"Cluster\": \"game\"", "Cluster", "ReverseProxy:Routes")]
    [InlineData("\"Tls\": { \"Certificates\": [] }", "Tls", "only an https listener")]
    [InlineData("\"FlowIdleTimeout\": \"00:00:05\"", "FlowIdleTimeout", "only a udp listener")]
    [InlineData("\"ProxyProtocol\": \"V2\"", "ProxyProtocol", "Required")]
    [InlineData("\"Tls\": true", "Tls", "object in braces")]
    public async Task A_wrong_value_says_what_to_write(string key, string path, string message)
    {
        var error = await Loaded.ErrorAsync(Loaded.Json(", " + key));

        Assert.Equal("EdgeGate:Listeners:web:" + path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tcp\"", "", "must name its Cluster")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tcp\", \"Cluster\": \"gmae\"", ":Cluster", "Did you mean 'game'?")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"https\"", "", "needs Tls")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"htpp\"", ":Protocol", "Did you mean 'http'?")]
    [InlineData("\"Bind\": \"127.0.0.1:9\"", "", "Protocol is missing")]
    [InlineData("\"Protocol\": \"http\"", "", "Bind is missing")]
    [InlineData("\"Bind\": \"0.0.0.0:8080\", \"Protocol\": \"http\"", ":Bind", "taken already by EdgeGate:Listeners:web:Bind")]
    [InlineData("\"Bind\": \"localhost:9901\", \"Protocol\": \"http\"", "", "127.0.0.1:9901")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"udp\"", "", "must name its Cluster")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tls\"", "", "must name its Cluster")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tls\", \"SniRoutes\": { \"a.example.com\": \"gmae\" }", ":SniRoutes:a.example.com", "Did you mean 'game'?")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tls\", \"SniRoutes\": { \"10.0.0.1\": \"game\" }", ":SniRoutes:10.0.0.1", "neither a host name")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tls\", \"SniRoutes\": { \"a.*.com\": \"game\" }", ":SniRoutes:a.*.com", "*.example.com")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tls\", \"SniRoutes\": { \"example.com.\": \"game\" }", ":SniRoutes:example.com.", "neither a host name")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tls\", \"SniRoutes\": { \"a.example.com/\": \"game\" }", ":SniRoutes:a.example.com/", "a protocol of ALPN")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"tcp\", \"Cluster\": \"game\", \"SniRoutes\": { \"a.example.com\": \"game\" }", ":SniRoutes", "only a tls listener")]
    [InlineData("\"Bind\": \"unix:/run/e.sock\", \"Protocol\": \"http\", \"SocketMode\": \"rw\"", ":SocketMode", "three octal digits")]
    [InlineData("\"Bind\": \"127.0.0.1:9\", \"Protocol\": \"http\", \"SocketMode\": \"0600\"", ":SocketMode", "only a unix: bind")]
    public async Task A_listener_that_does_not_fit_says_why(string keys, string path, string message)
    {
        var json = Loaded.Json().Replace("\"game\": { \"Bind\"", $"\"x\": {{ {keys} }},\n\"game\": {{ \"Bind\"", StringComparison.Ordinal);

        var error = await Loaded.ErrorAsync(json);

        if (!message.StartsWith("127", StringComparison.Ordinal))
        {
            Assert.Equal("EdgeGate:Listeners:x" + path, error.Path);
        }

        Assert.Contains(message, error.Message + error.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relays_destination_must_be_an_address_of_its_layer()
    {
        var error = await Loaded.ErrorAsync(Loaded.Json().Replace("tcp://127.0.0.1:7001", "http://127.0.0.1:7001", StringComparison.Ordinal));

        Assert.Equal("ReverseProxy:Clusters:game:Destinations:one:Address", error.Path);
        Assert.Contains("tcp://host:port", error.Message);
    }

    [Fact]
    public async Task A_udp_listener_is_served_beside_a_tcp_one_on_the_same_port()
    {
        var config = await Loaded.GoodAsync(Loaded.Udp("127.0.0.1:7000", "udp://127.0.0.1:53", """, "FlowIdleTimeout": "00:00:05" """));

        Assert.Equal(TimeSpan.FromSeconds(5), config.Listeners.Single(l => l.Name == "dns").FlowIdleTimeout);
    }

    [Theory]
    [InlineData("unix:/run/e.sock", "udp://127.0.0.1:53", "", "EdgeGate:Listeners:dns:Bind", "not a Unix socket")]
    [InlineData("127.0.0.1:53", "tcp://127.0.0.1:53", "", "ReverseProxy:Clusters:dns:Destinations:one:Address", "udp://host:port")]
    [InlineData("127.0.0.1:53", "udp://127.0.0.1", "", "ReverseProxy:Clusters:dns:Destinations:one:Address", "udp://host:port")]
    [InlineData("127.0.0.1:53", "udp://127.0.0.1:53", ", \"FlowIdleTimeout\": \"00:00:00\"", "EdgeGate:Listeners:dns:FlowIdleTimeout", "above zero")]
    public async Task A_udp_listener_that_does_not_fit_says_why(
        string bind, string destination, string more, string path, string message)
    {
        var error = await Loaded.ErrorAsync(Loaded.Udp(bind, destination, more));

        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:7001")]
    [InlineData("http://127.0.0.1:5000")]
    public async Task A_unix_destination_has_an_absolute_path(string instead)
    {
        string json = Loaded.Json();
        Assert.Contains(instead, json, StringComparison.Ordinal);

        var error = await Loaded.ErrorAsync(json.Replace(instead, "unix:run/app.sock", StringComparison.Ordinal));

        Assert.Contains("an absolute path", error.Message);
    }

    [Fact]
    public async Task Http_cannot_be_sent_to_a_layer_4_destination()
    {
        var error = await Loaded.ErrorAsync(Loaded.Json().Replace("\"ClusterId\": \"app\"", "\"ClusterId\": \"game\"", StringComparison.Ordinal));

        Assert.Equal("ReverseProxy:Clusters:game:Destinations:one:Address", error.Path);
    }

    [Theory]
    [InlineData("v1", null)]
    [InlineData("V2", null)]
    [InlineData("2", "write \"V1\" or \"V2\"")]
    public async Task A_cluster_names_the_proxy_header_that_it_wants(string version, string? message)
    {
        var loaded = await Loaded.FromAsync(Loaded.Json().Replace(
            "\"app\": {", $"\"app\": {{ \"Metadata\": {{ \"EdgeGate.SendProxyProtocol\": \"{version}\" }},", StringComparison.Ordinal));

        if (message is null)
        {
            Assert.Empty(loaded.Errors);
            Assert.NotEqual(ProxyProtocolVersion.None, SendProxyProtocol.Of(loaded.Config!.FindCluster("app")));
            return;
        }

        var error = Assert.Single(loaded.Errors);
        Assert.Equal("ReverseProxy:Clusters:app:Metadata:EdgeGate.SendProxyProtocol", error.Path);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public async Task A_listener_behind_a_proxy_waits_for_its_header_and_not_for_ever()
    {
        var game = "\"Cluster\": \"game\"";
        var required = await Loaded.GoodAsync(Loaded.Json().Replace(
            game, game + ", \"ProxyProtocol\": \"Required\"", StringComparison.Ordinal));
        var told = await Loaded.GoodAsync(Loaded.Json().Replace(
            game, game + ", \"ProxyProtocol\": \"Required\", \"FirstByteTimeout\": \"Off\"", StringComparison.Ordinal));

        Assert.Equal(TimeSpan.FromSeconds(10), Of(required).FirstByteTimeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, Of(told).FirstByteTimeout);
        static ListenerSettings Of(GatewayConfig config) => config.Listeners.Single(l => l.Name == "game").Settings;
    }

    [Fact]
    public async Task A_tls_listener_routes_by_name_and_protocol()
    {
        var config = await Loaded.GoodAsync(Loaded.Json().Replace(
            "\"tcp\", \"Cluster\": \"game\"",
            "\"tls\", \"SniRoutes\": { \"a.example.com\": \"game\", \"*.b.example.com/http/1.1\": \"GAME\" }",
            StringComparison.Ordinal));

        var listener = config.Listeners.Single(l => l.Name == "game");
        Assert.Null(listener.Cluster);
        Assert.Equal(["*.b.example.com/http/1.1", "a.example.com"], listener.SniRoutes.Keys);
        Assert.True(config.LeadsToLayer4("game"));
    }

    [Fact]
    public async Task Missing_certificates_are_found_before_a_client_finds_them()
    {
        var tls = """, "Tls": { "Certificates": [ { "CertificatePath": "no.pem", "KeyPath": "no.key" } ], "ClientCaPath": "no.ca" } """;
        var loaded = await Loaded.FromAsync(Loaded.Json(tls).Replace("\"http\"", "\"https\"", StringComparison.Ordinal), "/nowhere");

        Assert.Equal(
            [
                "EdgeGate:Listeners:web:Tls:Certificates:0:CertificatePath",
                "EdgeGate:Listeners:web:Tls:Certificates:0:KeyPath",
                "EdgeGate:Listeners:web:Tls:ClientCaPath",
            ],
            loaded.Errors.Select(e => e.Path));
        Assert.All(loaded.Errors, e => Assert.Contains("/nowhere/no.", e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_tuning_file_is_named()
    {
        var error = await Loaded.ErrorAsync(Loaded.Json(section: """, "Kernel": { "TuningFile": "/nowhere/x.conf" }"""));

        Assert.Equal("EdgeGate:Kernel:TuningFile", error.Path);
        Assert.Contains("/nowhere/x.conf", error.Message);
    }

    [Fact]
    public async Task Two_free_ports_do_not_clash() =>
        await Loaded.GoodAsync(Loaded.Json().Replace(":8080", ":0", StringComparison.Ordinal).Replace(":7000", ":0", StringComparison.Ordinal));
}
