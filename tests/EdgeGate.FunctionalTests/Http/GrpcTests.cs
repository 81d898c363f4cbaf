using EdgeGate.FunctionalTests.Http.Grpc;
using EdgeGate.FunctionalTests.Infrastructure;
using global::Grpc.Core;
using global::Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeGate.FunctionalTests.Http;

public sealed class GrpcTests : HttpTests
{
    [Theory, OnEachTransport]
    public async Task Unary_call_returns_message_and_trailers(GatewayTransport transport)
    {
        await using var upstream = await StartServiceAsync();
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address, OverHttp2);
        using var channel = GrpcChannel.ForAddress(gateway.Address);

        using var call = new Relay.RelayClient(channel).SayAsync(new Line { Text = "hello" }, cancellationToken: Token);

        Assert.Equal("hello", (await call).Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal("here", call.GetTrailers().GetValue("x-after"));
    }

    [Theory, OnEachTransport]
    public async Task Error_status_travels_in_the_trailers(GatewayTransport transport)
    {
        await using var upstream = await StartServiceAsync();
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address, OverHttp2);
        using var channel = GrpcChannel.ForAddress(gateway.Address);

        using var call = new Relay.RelayClient(channel).RefuseAsync(new Line { Text = "why" }, cancellationToken: Token);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Equal("because why", error.Status.Detail);
    }

    [Theory, OnEachTransport]
    public async Task Streams_in_both_directions_answer_each_message(GatewayTransport transport)
    {
        await using var upstream = await StartServiceAsync();
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address, OverHttp2);
        using var channel = GrpcChannel.ForAddress(gateway.Address);
        using var call = new Relay.RelayClient(channel).Chat(cancellationToken: Token);

        for (var i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new Line { Text = $"line {i}" }, Token);
            Assert.True(await call.ResponseStream.MoveNext(Token));
            Assert.Equal($"line {i}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Token));
        Assert.Equal("here", call.GetTrailers().GetValue("x-after"));
    }

    private static GatewaySettings OverHttp2 => new() { UpstreamVersion = "2" };

    private static Task<AppUpstream> StartServiceAsync() =>
        AppUpstream.StartAsync(app => app.MapGrpcService<RelayService>(), services => services.AddGrpc());
}
