using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Thousands of connections of mixed kinds: every byte and every end is accounted for.</summary>
public sealed class EveryByteTests : DaemonTests, IAsyncLifetime
{
    private const int Total = 5000;
    private const int Batch = 200;
    private const byte Leave = 0xFF;

    private readonly TcpUpstream _echo = new(EchoUntilToldToLeaveAsync);
    private readonly UdpUpstream _datagrams = UdpUpstream.Echo();
    private readonly DaemonConfiguration _configuration = new();
    private readonly List<Client> _clients = [];
    private AppUpstream _app = null!;
    private DaemonProcess _daemon = null!;
    private IPEndPoint _relay = null!;
    private IPEndPoint _web = null!;
    private IPEndPoint _sockets = null!;
    private IPEndPoint _dns = null!;
    private IPEndPoint _hasty = null!;
    private IPEndPoint _mute = null!;
    private IPEndPoint _behind = null!;
    private IPEndPoint _narrow = null!;

    /// <summary>A client, and what it counted.</summary>
    private sealed record Client(string Listener, Socket Socket)
    {
        public string Source { get; } = Socket.LocalEndPoint!.ToString()!;

        public long Sent { get; set; }

        public long Received { get; set; }
    }

    public async ValueTask InitializeAsync()
    {
        _app = await AppUpstream.StartAsync(Map);
        _relay = _configuration.Relay("relay", _echo.EndPoint);
        _web = IPEndPoint.Parse(_configuration.Proxy("web", _app.Address).Authority);
        _sockets = _configuration.Listen("sockets", "http");
        _dns = _configuration.RelayDatagrams("dns", _datagrams.EndPoint, """{ "FlowIdleTimeout": "00:05:00" }""");
        _hasty = _configuration.Relay("hasty", _echo.EndPoint, """{ "IdleTimeout": "00:00:01" }""");
        _mute = _configuration.Listen("mute", "tls", "hasty", """{ "FirstByteTimeout": "00:00:01" }""");
        _behind = _configuration.Listen("behind", "tcp", "hasty", """{ "ProxyProtocol": "Required" }""");
        _narrow = _configuration.Relay("narrow", _echo.EndPoint);
        _configuration.Extend("narrow", """
            { "Metadata": { "EdgeGate.MaxConnectionsPerDestination": "1", "EdgeGate.QueueTimeout": "00:00:00" } }
            """);
        _daemon = await DaemonProcess.StartAsync(_configuration);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Socket.Dispose());
        await _daemon.DisposeAsync();
        await _app.DisposeAsync();
        await _echo.DisposeAsync();
        await _datagrams.DisposeAsync();
        Dispose();
    }

    [Fact]
    public async Task Sums_and_ends_of_thousands_are_what_the_clients_counted_and_did()
    {
        await OpenAsync(100);
        foreach (string listener in new[] { "relay", "web", "sockets" })
        {
            await _daemon.MetricAsync( // a series that begins with the first sample of a round-trip time
                "edgegate_connection_rtt_seconds_count", count => count > 0, ("listener", listener));
        }

        var (few, _) = await ScrapeAsync();
        await OpenAsync(Total - 100);
        var (many, _) = await ScrapeAsync();

        // The top list and nothing else is one by one, so a scrape does not grow with the connections.
        Assert.Equal(few, many);
        foreach (string listener in new[] { "relay", "web", "sockets", "dns" })
        {
            await AssertSumsAsync(listener);
        }

        await EndAsync();
        await EndByTheGatewayAsync();
    }

    private static async Task EchoUntilToldToLeaveAsync(Socket socket)
    {
        byte[] buffer = new byte[2048];
        int received;
        while ((received = await socket.ReceiveAsync(buffer)) > 0 && buffer[0] != Leave)
        {
            await socket.SendAllAsync(buffer.AsMemory(0, received));
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/", context =>
        {
            context.Response.ContentLength = 5;
            return context.Response.WriteAsync("hello");
        });
        app.MapGet("/socket", async context =>
        {
            await using Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            byte[] buffer = new byte[2048];
            int received;
            while ((received = await stream.ReadAsync(buffer, context.RequestAborted)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, received), context.RequestAborted);
            }
        });
    }

    private async Task OpenAsync(int count)
    {
        for (int done = 0; done < count; done += Batch)
        {
            Task<Client>[] batch = [.. Enumerable.Range(done, Math.Min(Batch, count - done)).Select(OpenOneAsync)];
            await Task.WhenAny(Task.WhenAll(batch), Task.Delay(TimeSpan.FromSeconds(20), Token));
            Assert.True(
                Array.TrueForAll(batch, opening => opening.IsCompletedSuccessfully),
                $"after {_clients.Count}: {string.Join(' ', batch.Index().Where(o => !o.Item.IsCompletedSuccessfully).Select(o => $"{done + o.Index}:{o.Item.Status}:{o.Item.Exception?.InnerException?.Message}"))}");
            _clients.AddRange(batch.Select(opening => opening.Result));
        }
    }

    // Of ten, four relays, three of HTTP, one upgraded, two flows of datagrams; each with a length of its own.
    private Task<Client> OpenOneAsync(int i)
    {
        byte[] bytes = new byte[1 + (i * 7919 % 1400)];
        return (i % 10) switch
        {
            < 4 => EchoAsync("relay", _relay.ConnectAsync(), bytes),
            < 7 => GetAsync(i),
            7 => UpgradeAsync(bytes),
            _ => EchoAsync("dns", Task.FromResult(FlowTo(_dns)), bytes),
        };
    }

    private static Socket FlowTo(IPEndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(server);
        return socket;
    }

    private static async Task<Client> EchoAsync(string listener, Task<Socket> connecting, byte[] bytes)
    {
        var client = new Client(listener, await connecting);
        await EchoAsync(client, bytes);
        return client;
    }

    private static async Task EchoAsync(Client client, byte[] bytes)
    {
        await client.Socket.SendAllAsync(bytes);
        await client.Socket.ReceiveExactlyAsync(new byte[bytes.Length]);
        client.Sent += bytes.Length;
        client.Received += bytes.Length;
    }

    private async Task<Client> GetAsync(int i)
    {
        var client = new Client("web", await _web.ConnectAsync());
        for (int request = 0; request <= i % 3; request++)
        {
            await AskAsync(client, $"GET /?{i} HTTP/1.1\r\nHost: a\r\n\r\n", until: "hello");
        }

        return client;
    }

    private async Task<Client> UpgradeAsync(byte[] bytes)
    {
        var client = new Client("sockets", await _sockets.ConnectAsync());
        await AskAsync(
            client,
            "GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            until: "\r\n\r\n");
        await EchoAsync(client, bytes);
        return client;
    }

    private static async Task AskAsync(Client client, string request, string until)
    {
        await client.Socket.SendAllAsync(Encoding.ASCII.GetBytes(request));
        client.Sent += request.Length;
        byte[] buffer = new byte[1024];
        string answer = "";
        while (!answer.EndsWith(until, StringComparison.Ordinal))
        {
            int received = await client.Socket.ReceiveAsync(buffer);
            Assert.True(received > 0, "the connection ended after: " + answer);
            answer += Encoding.ASCII.GetString(buffer, 0, received);
        }

        client.Received += answer.Length;
    }

    /// <summary>The series of ours that a scrape has, and its size.</summary>
    private async Task<(string[] Series, int Bytes)> ScrapeAsync()
    {
        await _daemon.MetricAsync("edgegate_connections_active", _clients.Count);
        long began = Stopwatch.GetTimestamp();
        string text = await _daemon.Admin.GetStringAsync("/metrics", Token);
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        string[] series = [.. text.Split('\n').Where(l => l.StartsWith("edgegate_", StringComparison.Ordinal))];
        Report($"{_clients.Count} connections: a scrape of {text.Length} bytes, {series.Length} series of ours, in {took.TotalMilliseconds:F0} ms");
        string[] single = [.. series.Where(l => l.StartsWith("edgegate_top_", StringComparison.Ordinal))];
        Assert.InRange(single.Length, 0, 4 * 50);
        return ([.. series.Except(single).Select(l => l[..l.LastIndexOf(' ')]).Order(StringComparer.Ordinal)], text.Length);
    }

    private async Task AssertSumsAsync(string listener)
    {
        Client[] mine = [.. _clients.Where(c => c.Listener == listener)];
        var counted = (mine.Sum(c => c.Sent), mine.Sum(c => c.Received));
        (long, long) listed = default, upstream = default;
        await Until.TrueAsync(
            async () =>
            {
                JsonArray rows = await _daemon.ConnectionsAsync($"?listener={listener}");
                Assert.Equal(mine.Select(c => c.Source).Order(), rows.Select(r => (string)r!["source"]!).Order());
                listed = (rows.Sum(r => (long)r!["bytesIn"]!), rows.Sum(r => (long)r!["bytesOut"]!));
                upstream = (rows.Sum(r => (long?)r!["upstreamBytesOut"] ?? 0), rows.Sum(r => (long?)r!["upstreamBytesIn"] ?? 0));
                return listed == counted;
            },
            what: $"{listener}: {listed} to be {counted}");
        Assert.Equal(listener is "relay" or "dns" ? counted : (0, 0), upstream);
        await _daemon.MetricAsync(
            "edgegate_connection_received_bytes_total", counted.Item1, ("listener", listener), ("side", "client"));
        await _daemon.MetricAsync(
            "edgegate_connection_sent_bytes_total", counted.Item2, ("listener", listener), ("side", "client"));
        Report($"{listener}: {mine.Length} connections, {counted.Item1} bytes in, {counted.Item2} out");
    }

    /// <summary>Ends all of them in ways that have each a reason.</summary>
    private async Task EndAsync()
    {
        Client[] relays = [.. _clients.Where(c => c.Listener == "relay")];
        Client[] killed = [.. relays.Take(50), .. _clients.Where(c => c.Listener == "dns").Take(50)];
        await KillAsync(killed);
        int left = 0;
        foreach (Client client in relays.Skip(50).Take(500))
        {
            await client.Socket.SendAllAsync(new[] { Leave });
            Assert.Empty(await client.Socket.ReceiveToEndAsync());
            client.Socket.Dispose();
            left++;
        }

        Client[] reset = [.. relays.Skip(550).Take(400)];
        Array.ForEach(reset, client => client.Socket.Reset());
        foreach (Client client in _clients.Where(c => c.Listener != "dns").Except(killed).Except(reset))
        {
            client.Socket.Dispose();
        }

        const string Closed = "edgegate_connections_closed_total";
        await _daemon.MetricAsync(Closed, left, ("listener", "relay"), ("reason", "upstream"));
        await _daemon.MetricAsync(Closed, 50, ("listener", "relay"), ("reason", "killed"));
        await _daemon.MetricAsync(Closed, 50, ("listener", "dns"), ("reason", "killed"));
        await _daemon.MetricAsync(Closed, relays.Length - left - 50, ("listener", "relay"), ("reason", "client"));
        await _daemon.MetricAsync(Closed, CountOf("web"), ("listener", "web"), ("reason", "client"));
        await _daemon.MetricAsync(Closed, CountOf("sockets"), ("listener", "sockets"), ("reason", "client"));
        await _daemon.MetricAsync(Closed, _clients.Count - CountOf("dns") + 50);
        await _daemon.MetricAsync("edgegate_connections_active", CountOf("dns") - 50);
    }

    /// <summary>Has the gateway end some for each reason of its own: idle, time-out, limit, error.</summary>
    private async Task EndByTheGatewayAsync()
    {
        const int Each = 20;
        const string Closed = "edgegate_connections_closed_total";
        using Socket only = await _narrow.ConnectAsync();
        byte[] one = [1];
        await only.SendAllAsync(one);
        await only.ReceiveExactlyAsync(one);
        Socket[] hasty = await Task.WhenAll(Enumerable.Range(0, Each).Select(_ => _hasty.ConnectAsync()));
        Socket[] mute = await Task.WhenAll(Enumerable.Range(0, Each).Select(_ => _mute.ConnectAsync()));
        await Task.WhenAll(Enumerable.Range(0, Each).Select(_ => ConnectToBeResetAsync(_narrow)));
        Socket[] behind = await Task.WhenAll(Enumerable.Range(0, Each).Select(_ => _behind.ConnectAsync()));
        await Task.WhenAll(behind.Select(socket => socket.SendAllAsync("no header of a proxy\r\n"u8.ToArray())));

        await _daemon.MetricAsync(Closed, Each, ("listener", "hasty"), ("reason", "idle"));
        await _daemon.MetricAsync(Closed, Each, ("listener", "mute"), ("reason", "timeout"));
        await _daemon.MetricAsync(Closed, Each, ("listener", "narrow"), ("reason", "limit"));
        await _daemon.MetricAsync(Closed, Each, ("listener", "behind"), ("reason", "error"));
        Array.ForEach([.. hasty, .. mute, .. behind], socket => socket.Dispose());
    }

    private static async Task ConnectToBeResetAsync(IPEndPoint listener)
    {
        try
        {
            using Socket client = await listener.ConnectAsync();
            await client.ReceiveToEndAsync();
        }
        catch (SocketException)
        {
            // As it should be: perhaps before the connect was seen to succeed.
        }
    }

    private int CountOf(string listener) => _clients.Count(c => c.Listener == listener);

    private async Task KillAsync(IReadOnlyCollection<Client> victims)
    {
        var ids = (await _daemon.ConnectionsAsync())
            .ToDictionary(r => ((string)r!["listener"]!, (string)r["source"]!), r => (long)r!["id"]!);
        foreach (Client victim in victims)
        {
            using var answer = await _daemon.Admin.DeleteAsync($"/connections/{ids[(victim.Listener, victim.Source)]}", Token);
            Assert.True(answer.IsSuccessStatusCode);
        }
    }
}
