using System.Net;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Admin;

/// <summary>The description of the admin address, held against what it really answers.</summary>
public sealed class OpenApiTests : DaemonTests, IAsyncLifetime
{
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly DaemonConfiguration _configuration = new();
    private readonly HashSet<(string, string)> _asked = [];
    private DaemonProcess _daemon = null!;
    private OpenApiDocument _description = null!;
    private IPEndPoint _relay = null!;
    private Uri _web = null!;

    public async ValueTask InitializeAsync()
    {
        _relay = _configuration.Relay("relay", _echo.EndPoint);
        _configuration.RelayDatagrams("datagrams", new IPEndPoint(IPAddress.Loopback, Ports.Free()));
        _web = _configuration.Proxy("web", new Uri($"http://127.0.0.1:{Ports.Free()}"));
        _configuration.Extend("relay", """
            { "Metadata": { "EdgeGate.MaxConnectionsPerDestination": "5" },
              "HealthCheck": { "Active": { "Enabled": true, "Interval": "00:00:01" } } }
            """);
        _daemon = await DaemonProcess.StartAsync(_configuration);
        _description = new OpenApiDocument(await _daemon.Admin.GetStringAsync("/openapi.json", Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await _echo.DisposeAsync();
        Dispose();
    }

    [Fact]
    public async Task Every_answer_is_as_described()
    {
        using var relay = await ConnectAsync();
        using var web = await new IPEndPoint(IPAddress.Loopback, _web.Port).ConnectAsync();
        await _daemon.MetricAsync("edgegate_connections_active", 2);
        foreach (string page in new[] { "/", "/healthz", "/readyz", "/status", "/limits", "/clusters", "/config", "/metrics", "/openapi.json" })
        {
            await AssertAsync("GET", page, page, HttpStatusCode.OK);
        }

        await AssertAsync("GET", "/connections", "/connections", HttpStatusCode.OK);
        await AssertAsync("GET", "/connections", "/connections?sort=rtt&limit=1&listener=relay&find=127", HttpStatusCode.OK);
        await AssertAsync("GET", "/connections", "/connections?sort=none", HttpStatusCode.BadRequest);
        long id = (long)(await _daemon.ConnectionsAsync("?listener=relay"))[0]!["id"]!;
        await AssertAsync("DELETE", "/connections/{id}", $"/connections/{id}", HttpStatusCode.NoContent);
        await AssertAsync("DELETE", "/connections/{id}", $"/connections/{id}", HttpStatusCode.NotFound);

        await AssertAsync("GET", "/events", "/events?sort=none", HttpStatusCode.BadRequest);
        await AssertEventsAsync();

        _configuration.Listen("second", "tcp", "relay");
        await ReloadAsync(HttpStatusCode.OK);
        _configuration.Listen("third", "tcp", "none");
        await ReloadAsync(HttpStatusCode.UnprocessableEntity);

        using var held = await ConnectAsync();
        await AssertAsync("POST", "/drain", "/drain", HttpStatusCode.Accepted);
        await Until.TrueAsync(async () => (await _daemon.Admin.GetAsync("/readyz", Token)).StatusCode == HttpStatusCode.ServiceUnavailable);
        await AssertAsync("GET", "/readyz", "/readyz", HttpStatusCode.ServiceUnavailable);
        await AssertAsync("GET", "/status", "/status", HttpStatusCode.OK);
        await AssertAsync("POST", "/reload", "/reload", HttpStatusCode.Conflict);
        Assert.Empty(_description.Operations.Except(_asked));
    }

    private async Task AssertEventsAsync()
    {
        using var client = await ConnectAsync();
        await using var stream = await _daemon.Admin.GetStreamAsync("/events?sort=rate&listener=relay", Token);
        var seen = new List<string>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Token))
        {
            string schema = item.EventType switch
            {
                "plan" => "Plan",
                "state" => "State",
                "connections" => "LiveConnections",
                var other => throw new InvalidOperationException($"an event of no known kind: {other}"),
            };
            _description.AssertIs(schema, item.Data);
            seen.Add(item.EventType);
            if (item.Data.Contains("\"rateIn\"", StringComparison.Ordinal))
            {
                break; // from the second snapshot on
            }
        }

        Assert.Equal(["plan", "state", "connections", "state", "connections"], seen);
    }

    private async Task ReloadAsync(HttpStatusCode expected)
    {
        await _daemon.WriteConfigurationAsync(_configuration.ToString());
        await AssertAsync("POST", "/reload", "/reload", expected);
    }

    private async Task AssertAsync(string method, string path, string asked, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), asked);
        using var answer = await _daemon.Admin.SendAsync(request, Token);
        Assert.Equal(expected, answer.StatusCode);
        await _description.AssertDescribesAsync(method, path, answer);
        _asked.Add((method, path));
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = await _relay.ConnectAsync();
        byte[] one = [1];
        await client.SendAllAsync(one);
        await client.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(5));
        return client;
    }
}
