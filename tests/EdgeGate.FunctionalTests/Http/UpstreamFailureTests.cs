using System.Net;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Http;

namespace EdgeGate.FunctionalTests.Http;

public sealed class UpstreamFailureTests : HttpTests
{
    [Theory, OnEachTransport]
    public async Task Refused_connection_is_a_502(GatewayTransport transport)
    {
        Uri gone;
        using (var upstream = new RawUpstream(_ => Task.CompletedTask, Token))
        {
            gone = upstream.Address;
        }

        await using var gateway = await GatewayHost.StartAsync(transport, gone);
        using var client = Client(gateway.Address);
        using var response = await client.GetAsync("/", Token);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Theory, OnEachTransport]
    public async Task Upstream_that_hangs_up_without_an_answer_is_a_502(GatewayTransport transport)
    {
        using var upstream = new RawUpstream(connection => connection.ReadHeadAsync(), Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = Client(gateway.Address);

        using var response = await client.PostAsync("/", new StringContent("x"), Token);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Theory, OnEachTransport]
    public async Task Upstream_that_never_answers_is_a_504(GatewayTransport transport)
    {
        using var upstream = new RawUpstream(connection => connection.WaitForCloseAsync(), Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address, new GatewaySettings
        {
            Gateway = new HttpGatewayOptions { ActivityTimeout = TimeSpan.FromMilliseconds(300) },
        });
        using var client = Client(gateway.Address);

        using var response = await client.GetAsync("/", Token);

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
    }

    [Theory, OnEachTransport]
    public async Task Upstream_connections_are_used_again(GatewayTransport transport)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
            {
                await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            }
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = Client(gateway.Address);

        for (var i = 0; i < 20; i++)
        {
            using var response = await client.GetAsync("/", Token);
        }

        Assert.Equal(1, upstream.Accepted);
    }

    [Theory, OnEachTransport]
    public async Task Connections_to_a_destination_stay_within_their_bound(GatewayTransport transport)
    {
        using var upstream = new RawUpstream(async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
            {
                await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            }
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address, new GatewaySettings
        {
            ReverseProxy = { ["Clusters:upstream:Metadata:EdgeGate.MaxConnectionsPerDestination"] = "2" },
        });
        using var client = Client(gateway.Address, HttpVersion.Version20);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.GetAsync("/", Token)));

        Assert.InRange(upstream.Accepted, 1, 2);
    }
}
