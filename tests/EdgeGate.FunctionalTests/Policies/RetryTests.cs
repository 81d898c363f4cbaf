using System.Collections.Concurrent;
using System.Net;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Policies;

/// <summary>Another destination for a request that can do no harm twice, a bound on that, a circuit that breaks, canaries.</summary>
public sealed class RetryTests : DaemonTests
{
    private const string Dead = "http://127.0.0.1:1"; // tcpmux: nobody serves it

    [Theory]
    [InlineData("own")]
    [InlineData("sockets")]
    public async Task A_request_that_can_do_no_harm_is_tried_elsewhere_and_others_are_not(string client)
    {
        using var good = RawUpstream.Answering("good", Token);
        using var failing = new RawUpstream(FailAsync, Token);
        using var closing = new RawUpstream(async connection => await connection.ReadHeadAsync(), Token);
        var configuration = new DaemonConfiguration().With("Transport", $$"""{ "HttpClient": "{{client}}" }""");
        Uri web = configuration.Proxy("web", good.Address);
        foreach (var (name, first) in ((string, string)[])[("dead", Dead), ("failing", failing.Address.ToString()), ("closing", closing.Address.ToString())])
        {
            configuration.Cluster(name, first, good.Address.ToString());
            configuration.Extend(name, """{ "LoadBalancingPolicy": "FirstAlphabetical", "Metadata": { "EdgeGate.Retries": "2", "EdgeGate.RetryBudget": "100" } }""");
            configuration.Route(name, $"/{name}/{{**rest}}", name);
        }

        configuration.Cluster("hopeless", Dead, failing.Address.ToString());
        configuration.Extend("hopeless", """{ "LoadBalancingPolicy": "FirstAlphabetical", "Metadata": { "EdgeGate.Retries": "2" } }""");
        configuration.Route("hopeless", "/hopeless", "hopeless");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        foreach (string name in (string[])["dead", "failing", "closing"])
        {
            Assert.Equal("good", await Curl.GetAsync(Token, $"{web}{name}/x"));
            Assert.Equal("200", await Curl.StatusAsync(Token, "-X", "DELETE", $"{web}{name}/x"));
        }

        Assert.Equal("503", await Curl.StatusAsync(Token, "-X", "POST", $"{web}failing/x"));
        Assert.Equal("502", await Curl.StatusAsync(Token, "-d", "body", "-X", "PUT", $"{web}dead/x"));
        Assert.Equal("502", await Curl.StatusAsync(Token, "-X", "PATCH", $"{web}closing/x"));
        Assert.Equal("503", await Curl.StatusAsync(Token, $"{web}hopeless")); // what the last one said
        await daemon.MetricAsync("edgegate_upstream_retries_total", 2, ("cluster", "failing"));
    }

    [Fact]
    public async Task Retries_end_when_the_budget_is_spent()
    {
        using var good = RawUpstream.Answering("good", Token);
        var configuration = new DaemonConfiguration();
        Uri web = configuration.Proxy("web", good.Address);
        configuration.Cluster("web", Dead, good.Address.ToString());
        configuration.Extend("web", """{ "LoadBalancingPolicy": "FirstAlphabetical", "Metadata": { "EdgeGate.Retries": "1", "EdgeGate.RetryBudget": "20" } }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new HttpClient();
        var statuses = new List<HttpStatusCode>();

        while (statuses.Count < 100)
        {
            using HttpResponseMessage answer = await client.GetAsync(web, Token);
            statuses.Add(answer.StatusCode);
        }

        // Ten that were saved, and then a fifth of the requests.
        Assert.InRange(statuses.Count(status => status == HttpStatusCode.OK), 25, 31);
        Assert.All(statuses.Take(10), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.InRange(statuses.TakeLast(50).Count(status => status == HttpStatusCode.OK), 9, 11);
    }

    [Fact]
    public async Task A_destination_that_fails_behind_retries_is_taken_out()
    {
        using var good = RawUpstream.Answering("good", Token);
        var configuration = new DaemonConfiguration();
        Uri web = configuration.Proxy("web", good.Address);
        configuration.Cluster("web", Dead, good.Address.ToString());
        configuration.Extend("web", """
            {
              "LoadBalancingPolicy": "FirstAlphabetical",
              "HealthCheck": { "Passive": { "Enabled": true, "Policy": "TransportFailureRate" } },
              "Metadata": { "EdgeGate.Retries": "1", "EdgeGate.RetryBudget": "100", "TransportFailureRateHealthPolicy.RateLimit": "0.5" }
            }
            """);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var client = new HttpClient();

        await Until.TrueAsync(
            async () =>
            {
                Assert.Equal("good", await client.GetStringAsync(web, Token)); // no client notices
                return (string?)(await daemon.DestinationAsync("web", "d0"))["health"]!["passive"] == "unhealthy";
            },
            what: "the destination to be taken out");
        await Until.TrueAsync(async () => !(bool)(await daemon.DestinationAsync("web", "d0"))["available"]!);
        double before = (await daemon.MetricsAsync()).Sum("edgegate_upstream_retries_total");
        Assert.Equal("good", await client.GetStringAsync(web, Token));
        Assert.Equal(before, (await daemon.MetricsAsync()).Sum("edgegate_upstream_retries_total"));
    }

    [Fact]
    public async Task A_canary_gets_its_share_on_both_layers()
    {
        using var stable = RawUpstream.Answering("stable", Token);
        using var canary = RawUpstream.Answering("canary", Token);
        using var standby = RawUpstream.Answering("standby", Token);
        var configuration = new DaemonConfiguration();
        Uri web = configuration.Proxy("web", stable.Address);
        string relay = $"http://{configuration.Listen("relay", "tcp", "relay")}";
        Weigh(configuration, "web", upstream => upstream.Address.ToString());
        Weigh(configuration, "relay", upstream => $"tcp://{upstream.Address.Authority}");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        foreach (string address in (string[])[web.ToString(), relay])
        {
            var answers = new ConcurrentBag<string>();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, 400),
                new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token },
                async (_, token) =>
                {
                    using var client = new HttpClient(); // a connection each
                    answers.Add(await client.GetStringAsync(address, token));
                });
            Assert.InRange(answers.Count(answer => answer == "canary"), 15, 75); // of 40 expected, six deviations
            Assert.DoesNotContain("standby", answers);
        }

        void Weigh(DaemonConfiguration into, string cluster, Func<RawUpstream, string> address)
        {
            into.Cluster(cluster);
            into.Extend(cluster, $$"""
                {
                  "LoadBalancingPolicy": "Weighted",
                  "Destinations": {
                    "a": { "Address": "{{address(canary)}}", "Metadata": { "EdgeGate.Weight": "10" } },
                    "b": { "Address": "{{address(stable)}}", "Metadata": { "EdgeGate.Weight": "90" } },
                    "c": { "Address": "{{address(standby)}}", "Metadata": { "EdgeGate.Weight": "0" } }
                  }
                }
                """);
        }
    }

    private static async Task FailAsync(RawConnection connection)
    {
        while (await connection.ReadHeadAsync() is not null)
        {
            await connection.SendAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
        }
    }
}
