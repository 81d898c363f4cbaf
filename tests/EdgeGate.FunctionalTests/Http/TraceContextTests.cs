using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Http;

public sealed class TraceContextTests : HttpTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Parent = $"00-{Trace}-b7ad6b7169203331-01";

    [Theory, OnEachTransport]
    public async Task Clients_trace_context_passes_once_and_unchanged(GatewayTransport transport)
    {
        var head = await ExchangeAsync(transport, $"traceparent: {Parent}\r\ntracestate: a=1\r\n");

        Assert.Equal([Parent], Values(head, "traceparent"));
        Assert.Equal(["a=1"], Values(head, "tracestate"));
    }

    [Theory, OnEachTransport]
    public async Task Two_contexts_are_none(GatewayTransport transport)
    {
        var head = await ExchangeAsync(
            transport, $"traceparent: {Parent}\r\ntraceparent: {Parent}\r\ntracestate: a=1\r\n");

        Assert.Empty(Values(head, "traceparent"));
        Assert.Empty(Values(head, "tracestate"));
    }

    [Theory, OnEachTransport]
    public async Task No_trace_context_is_made_up(GatewayTransport transport)
    {
        var head = await ExchangeAsync(transport, "");

        Assert.Empty(Values(head, "traceparent"));
    }

    private static IEnumerable<string> Values(string head, string name) => head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim());

    private async Task<string> ExchangeAsync(GatewayTransport transport, string headers)
    {
        var received = new UpstreamRecord();
        using var upstream = new RawUpstream(received.ServeAsync, Token);
        await using var gateway = await GatewayHost.StartAsync(transport, upstream.Address);
        using var client = await RawConnection.ConnectAsync(gateway.EndPoint, Token);
        await client.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        await client.ReadHeadAsync();
        return received.Text;
    }
}
