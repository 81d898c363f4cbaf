using System.Net;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace EdgeGate.FunctionalTests.Http;

/// <summary>Layer 4 clusters share YARP's section with HTTP ones.</summary>
public sealed class Layer4DestinationTests : HttpTests
{
    [Theory, OnEachTransport]
    public async Task Request_that_is_routed_to_one_is_a_502(GatewayTransport transport)
    {
        using var upstream = new RawUpstream(new UpstreamRecord().ServeAsync, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, Tcp(upstream.Address));
        using var client = Client(gateway.Address);

        using var response = await client.GetAsync("/", Token);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, upstream.Accepted);
    }

    [Theory, OnEachTransport]
    public async Task Active_health_check_connects_and_speaks_no_http(GatewayTransport transport)
    {
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(
            async connection => received.SetResult(await connection.ReadToEndAsync()), Token);
        await using var gateway = await GatewayHost.StartAsync(transport, Tcp(upstream.Address), ActiveChecks());

        Assert.Equal(DestinationHealth.Healthy, await ProbeAsync(gateway));
        Assert.Equal("", await received.Task.WaitAsync(Token));
    }

    [Theory, OnEachTransport]
    public async Task Destination_that_refuses_turns_unhealthy(GatewayTransport transport)
    {
        Uri gone;
        using (var upstream = new RawUpstream(_ => Task.CompletedTask, Token))
        {
            gone = Tcp(upstream.Address);
        }

        await using var gateway = await GatewayHost.StartAsync(transport, gone, ActiveChecks());

        Assert.Equal(DestinationHealth.Unhealthy, await ProbeAsync(gateway));
    }

    [Theory, OnEachTransport]
    public async Task Datagram_destination_is_asked_through_the_hosts_own_probe(GatewayTransport transport)
    {
        var asked = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var settings = ActiveChecks() with
        {
            Gateway = new HttpGatewayOptions
            {
                ProbeLayer4 = (address, _, _) =>
                {
                    asked.TrySetResult(address);
                    throw new IOException("dead");
                },
            },
        };
        await using var gateway = await GatewayHost.StartAsync(transport, new Uri("udp://127.0.0.1:9"), settings);

        Assert.Equal(DestinationHealth.Unhealthy, await ProbeAsync(gateway));
        Assert.Equal("udp", (await asked.Task.WaitAsync(Token)).Scheme);
    }

    private static Uri Tcp(Uri address) => new($"tcp://{address.Authority}");

    private static GatewaySettings ActiveChecks() => new()
    {
        ReverseProxy =
        {
            ["Clusters:upstream:HealthCheck:Active:Enabled"] = "true",
            ["Clusters:upstream:HealthCheck:Active:Interval"] = "00:10:00",
            ["Clusters:upstream:Metadata:ConsecutiveFailuresHealthPolicy.Threshold"] = "1",
        },
    };

    private async Task<DestinationHealth> ProbeAsync(GatewayHost gateway)
    {
        var services = gateway.Services;
        Assert.True(services.GetRequiredService<IProxyStateLookup>().TryGetCluster("upstream", out var cluster));
        await services.GetRequiredService<IActiveHealthCheckMonitor>().CheckHealthAsync([cluster]).WaitAsync(Token);
        return cluster.Destinations["one"].Health.Active;
    }
}
