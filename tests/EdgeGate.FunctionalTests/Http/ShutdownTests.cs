using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Http;

public sealed class ShutdownTests : HttpTests
{
    [Theory, OnEachTransport("1.1"), OnEachTransport("2.0")]
    public async Task Request_in_flight_is_finished_and_silent_clients_let_go(GatewayTransport transport, string version)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            arrived.SetResult();
            await answer.Task.WaitAsync(Token);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
        }, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var silent = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        using var client = Client(gateway.Address, Version.Parse(version));
        var response = client.GetStringAsync("/", Token);
        await arrived.Task.WaitAsync(Token);

        var stopping = gateway.StopAsync(Token);
        await silent.WaitForCloseAsync();
        Assert.False(stopping.IsCompleted);
        answer.SetResult();

        Assert.Equal("late", await response);
        await stopping;
    }
}
