using EdgeGate.Configuration;

namespace EdgeGate.Tests.Configuration;

public sealed class UpstreamMetadataTests
{
    [Fact]
    public async Task What_is_written_is_what_is_read()
    {
        var config = await Loaded.GoodAsync(Json("""
            "EdgeGate.MaxConnectionsPerDestination": "100", "EdgeGate.QueueTimeout": "00:00:00.5",
            "EdgeGate.ProbeSend": "PING\\r\\n", "EdgeGate.ProbeExpect": "+PONG", "Own": "x",
            "EdgeGate.SourceAddresses": "127.0.0.2, 127.0.0.3,"
            """));

        var settings = UpstreamMetadata.SettingsOf(config.FindCluster("other")!);

        Assert.Equal("SourceHash", settings.Policy);
        Assert.Equal(100, settings.MaxConnectionsPerDestination);
        Assert.Equal(TimeSpan.FromMilliseconds(500), settings.QueueTimeout);
        Assert.Equal(["127.0.0.2", "127.0.0.3"], settings.SourceAddresses.Select(address => $"{address}"));
    }

    [Fact]
    public async Task Nothing_written_is_no_maximum()
    {
        var config = await Loaded.GoodAsync(Json("\"EdgeGate.QueueTimeout\": \"00:00:00\""));

        Assert.Null(UpstreamMetadata.SettingsOf(config.FindCluster("other")!).MaxConnectionsPerDestination);
        Assert.Equal(TimeSpan.Zero, UpstreamMetadata.SettingsOf(config.FindCluster("other")!).QueueTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), UpstreamMetadata.SettingsOf(config.FindCluster("game")!).QueueTimeout);
    }

    [Theory]
    [InlineData("EdgeGate.MaxConnectionsPerDestination", "0", "a whole number from 1")]
    [InlineData("EdgeGate.MaxConnectionsPerDestination", "many", "a whole number from 1")]
    [InlineData("EdgeGate.QueueTimeout", "5", "00:00:05")]
    [InlineData("EdgeGate.QueueTimeout", "-00:00:01", "not a time")]
    [InlineData("EdgeGate.ProbeSend", "a\\\\q", "'\\q' means nothing")]
    [InlineData("EdgeGate.ProbeExpect", "", "nothing is expected")]
    [InlineData("EdgeGate.SourceAddresses", " , ", "no address is named")]
    [InlineData("EdgeGate.SourceAddresses", "127.0.0.2, localhost", "'localhost' is not the IP address")]
    [InlineData("EdgeGate.SourceAddresses", "127.0.0.2;127.0.0.3", "'127.0.0.2;127.0.0.3' is not the IP address")]
    [InlineData("EdgeGate.SourceAddresses", "127.0.0.2:80", "'127.0.0.2:80' is not the IP address")]
    [InlineData("EdgeGate.SourceAddresses", "2", "'2' is not the IP address")]
    [InlineData("EdgeGate.SourceAddresses", "0.0.0.0", "'0.0.0.0' is not the IP address")]
    [InlineData("EdgeGate.SourceAddresses", "224.0.0.1", "'224.0.0.1' is not the IP address")]
    [InlineData("EdgeGate.SourceAddresses", "::ffff:127.0.0.2", "'::ffff:127.0.0.2' is not the IP address")]
    [InlineData("EdgeGate.SourceAddresses", "127.0.0.2, 127.0.0.2", "'127.0.0.2' is named twice")]
    [InlineData("EdgeGate.SourceAddresses", "127.0.0.2, ::1", "'::1' is an IPv6 address, and no destination has one")]
    [InlineData("EdgeGate.SourceAddresses", "::1", "destination 'one' has an IPv4 address, and none of these is one")]
    [InlineData("EdgeGate.SourceAdresses", "127.0.0.2", "Did you mean 'EdgeGate.SourceAddresses'?")]
    [InlineData("EdgeGate.QueueTimout", "00:00:05", "Did you mean 'EdgeGate.QueueTimeout'?")]
    [InlineData("EdgeGate.UpstreamCaPth", "ca.pem", "Did you mean 'EdgeGate.UpstreamCaPath'?")]
    [InlineData("EdgeGate.UpstreamCaPath", "/nowhere/ca.pem", "there is no file /nowhere/ca.pem")]
    [InlineData("EdgeGate.UpstreamKeyPath", "/nowhere/site.key", "write EdgeGate.UpstreamCertificatePath too")]
    [InlineData("EdgeGate.UpstreamServerName", "10.0.0.1", "'10.0.0.1' is not a host name")]
    [InlineData("edgegate.queuetimeout", "00:00:05", "Did you mean 'EdgeGate.QueueTimeout'?")]
    public async Task A_wrong_value_says_what_to_write(string key, string value, string message)
    {
        var error = await Loaded.ErrorAsync(Json($"\"{key}\": \"{value}\""));

        Assert.Equal("ReverseProxy:Clusters:other:Metadata:" + key, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_sources_than_a_connect_may_look_at()
    {
        string many = string.Join(',', Enumerable.Range(1, 65).Select(i => $"127.0.1.{i}"));

        var error = await Loaded.ErrorAsync(Json($"\"EdgeGate.SourceAddresses\": \"{many}\""));

        Assert.Contains("65 addresses are too many; write at most 64", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://localhost:7002", "127.0.0.2, ::1")]
    [InlineData("tcp://[::1]:7002", "::1")]
    public async Task Of_a_name_any_family_may_be(string destination, string sources)
    {
        string json = Json($"\"EdgeGate.SourceAddresses\": \"{sources}\"")
            .Replace("tcp://127.0.0.1:7002", destination, StringComparison.Ordinal);

        var config = await Loaded.GoodAsync(json);

        Assert.Equal(
            sources, string.Join(", ", UpstreamMetadata.SettingsOf(config.FindCluster("other")!).SourceAddresses));
    }

    [Fact]
    public async Task A_destination_has_probes_and_no_queue()
    {
        var json = Json("", """, "Metadata": { "EdgeGate.ProbeSend": "x", "EdgeGate.QueueTimeout": "00:00:05" }""");

        var error = await Loaded.ErrorAsync(json);

        Assert.Equal("ReverseProxy:Clusters:other:Destinations:one:Metadata:EdgeGate.QueueTimeout", error.Path);
    }

    [Fact]
    public async Task What_http_does_not_heed_is_a_warning()
    {
        var loaded = await Loaded.FromAsync(Loaded.Json().Replace("\"app\": {", """
            "app": { "Metadata": { "EdgeGate.MaxConnectionsPerDestination": "5", "EdgeGate.QueueTimeout": "00:00:05" },
            """, StringComparison.Ordinal));

        Assert.Empty(loaded.Errors);
        Assert.Equal("ReverseProxy:Clusters:app:Metadata:EdgeGate.QueueTimeout", Assert.Single(loaded.Warnings).Path);
    }

    [Fact]
    public async Task Tls_to_destinations_without_it_is_a_warning()
    {
        var loaded = await Loaded.FromAsync(Json("\"EdgeGate.UpstreamServerName\": \"app.internal\""));

        Assert.Empty(loaded.Errors);
        Assert.Contains("no destination of this cluster is https://", Assert.Single(loaded.Warnings).Message);
    }

    [Fact]
    public async Task A_mistyped_policy_names_the_nearest()
    {
        var error = await Loaded.ErrorAsync(Json("").Replace("SourceHash", "SorceHash", StringComparison.Ordinal));

        Assert.Equal("ReverseProxy:Clusters:other:LoadBalancingPolicy", error.Path);
        Assert.Contains("Did you mean 'SourceHash'?", error.Message, StringComparison.Ordinal);
    }

    private static string Json(string metadata, string destination = "") => Loaded.Json(proxy: $$"""
        , "other": {
            "LoadBalancingPolicy": "SourceHash", "Metadata": { {{metadata}} },
            "Destinations": { "one": { "Address": "tcp://127.0.0.1:7002"{{destination}} } }
          }
        """);
}
