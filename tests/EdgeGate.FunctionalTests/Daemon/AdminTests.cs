using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>What the daemon says about itself, and what it lets itself be told.</summary>
public sealed class AdminTests : DaemonTests, IAsyncLifetime
{
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly DaemonConfiguration _configuration = new();
    private RawUpstream _hello = null!;
    private DaemonProcess _daemon = null!;
    private IPEndPoint _relay = null!;
    private IPEndPoint _web = null!;

    public async ValueTask InitializeAsync()
    {
        _hello = new RawUpstream(
            async connection =>
            {
                while (await connection.ReadHeadAsync() is not null)
                {
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                }
            },
            Token);
        _relay = _configuration.Relay("relay", _echo.EndPoint);
        _web = new IPEndPoint(IPAddress.Loopback, _configuration.Proxy("web", _hello.Address).Port);
        _daemon = await DaemonProcess.StartAsync(_configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await _echo.DisposeAsync();
        _hello.Dispose();
        Dispose();
    }

    [Fact]
    public async Task Metrics_have_their_names_and_labels()
    {
        await TrafficAsync();
        await _daemon.MetricAsync("edgegate_connections_closed_total", 2);

        var metrics = await _daemon.MetricsAsync();

        AssertLabels(metrics, "edgegate_connections_active", "listener protocol");
        AssertLabels(metrics, "edgegate_connections_accepted_total", "listener protocol");
        AssertLabels(metrics, "edgegate_connections_closed_total", "listener reason");
        AssertLabels(metrics, "edgegate_connection_duration_seconds_bucket", "listener protocol");
        AssertLabels(metrics, "edgegate_connection_received_bytes_total", "listener protocol side");
        AssertLabels(metrics, "edgegate_connection_sent_bytes_total", "listener protocol side");
        AssertLabels(metrics, "edgegate_connection_rtt_seconds_bucket", "listener");
        AssertLabels(metrics, "edgegate_connection_retransmits_total", "listener");
        AssertLabels(metrics, "edgegate_upstream_connect_duration_seconds_bucket", "cluster destination");
        AssertLabels(metrics, "edgegate_limit_capacity", "resource");
        AssertLabels(metrics, "edgegate_limit_used", "resource");
        AssertLabels(metrics, "edgegate_listener_queue", "listener");
        AssertLabels(metrics, "edgegate_loop_utilization_ratio", "loop");
    }

    [Fact]
    public async Task Promtool_accepts_the_metrics()
    {
        var promtool = await Tool.RequireAsync("promtool", Token);
        await TrafficAsync();
        using var folder = new TemporaryFolder();
        string file = folder.Write("metrics", await _daemon.Admin.GetStringAsync("/metrics", Token));

        var result = await Tool.RunAsync("sh", ["-c", $"{promtool} check metrics < {file}"], Token);

        result.AssertSuccess(); // 3 would be for style
    }

    [Fact]
    public async Task Byte_counters_are_what_the_clients_counted()
    {
        byte[] sent = new byte[1_234_567];
        using (var client = await _relay.ConnectAsync())
        {
            var sending = Task.Run(async () =>
            {
                await client.SendAllAsync(sent);
                client.Shutdown(SocketShutdown.Send);
            });
            Assert.Equal(sent.Length, (await client.ReceiveToEndAsync()).Length);
            await sending;
        }

        foreach (string side in new[] { "client", "upstream" })
        {
            foreach (string direction in new[] { "received", "sent" })
            {
                await _daemon.MetricAsync(
                    $"edgegate_connection_{direction}_bytes_total", sent.Length, ("listener", "relay"), ("side", side));
            }
        }

        const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        string head;
        using (var client = await RawConnection.ConnectAsync(_web, Token))
        {
            await client.SendAsync(Request);
            head = (await client.ReadHeadAsync())!;
            Assert.Equal("hello", await client.ReadAsync(5));
        }

        await _daemon.MetricAsync(
            "edgegate_connection_received_bytes_total", Request.Length, ("listener", "web"), ("side", "client"));
        await _daemon.MetricAsync(
            "edgegate_connection_sent_bytes_total", head.Length + 5, ("listener", "web"), ("side", "client"));
    }

    [Fact]
    public async Task A_listed_connection_has_its_ends_its_bytes_and_the_kernels_figures()
    {
        using var client = await _relay.ConnectAsync();
        await EchoAsync(client, 1000);

        var row = Assert.Single(await _daemon.ConnectionsAsync())!;

        Assert.Equal("relay", (string?)row["listener"]);
        Assert.Equal("tcp", (string?)row["protocol"]);
        Assert.Equal(client.LocalEndPoint!.ToString(), (string?)row["source"]);
        Assert.Equal(_echo.EndPoint.ToString(), (string?)row["destination"]);
        Assert.Equal(1000, (long)row["bytesIn"]!);
        Assert.Equal(1000, (long)row["bytesOut"]!);
        Assert.InRange((double)row["rtt"]!, 1e-7, 0.2);
        Assert.Equal(0, (long)row["retransmits"]!);
        Assert.InRange((double)row["age"]!, (double)row["idle"]!, 30);
        Assert.NotNull(row["state"]);
    }

    [Fact]
    public async Task Connections_are_sorted_cut_and_filtered()
    {
        int[] sizes = [300, 100, 500, 200, 400];
        var clients = new List<Socket>();
        foreach (int size in sizes)
        {
            clients.Add(await _relay.ConnectAsync());
            await EchoAsync(clients[^1], size);
        }

        using var web = await RawConnection.ConnectAsync(_web, Token);
        await web.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await web.ReadHeadAsync();

        var top = await _daemon.ConnectionsAsync("?sort=bytesIn&limit=3");
        Assert.Equal([500, 400, 300], top.Select(row => (int)row!["bytesIn"]!));
        Assert.Equal(5, (await _daemon.ConnectionsAsync("?listener=relay")).Count);
        var http = Assert.Single(await _daemon.ConnectionsAsync("?listener=web"))!;
        Assert.Equal("http", (string?)http["protocol"]);
        Assert.Empty(await _daemon.ConnectionsAsync("?listener=none"));
        foreach (string query in new[] { "?sort=none", "?limit=few" })
        {
            using var answer = await _daemon.Admin.GetAsync("/connections" + query, Token);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("relay")]
    [InlineData("web")]
    public async Task One_connection_can_be_killed(string listener)
    {
        using var victim = await (listener == "relay" ? _relay : _web).ConnectAsync();
        if (listener == "relay")
        {
            await EchoAsync(victim, 1);
        }

        await _daemon.MetricAsync("edgegate_connections_active", 1, ("listener", listener));
        long id = (long)Assert.Single(await _daemon.ConnectionsAsync())!["id"]!;
        using var survivor = await _relay.ConnectAsync();
        await EchoAsync(survivor, 1);

        using var answer = await _daemon.Admin.DeleteAsync($"/connections/{id}", Token);

        Assert.True(answer.IsSuccessStatusCode);
        var error = await Assert.ThrowsAsync<SocketException>(
            () => victim.ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        await _daemon.MetricAsync("edgegate_connections_closed_total", 1, ("listener", listener), ("reason", "killed"));
        await EchoAsync(survivor, 1);
        using var again = await _daemon.Admin.DeleteAsync($"/connections/{id}", Token);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://elsewhere.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")] // another port of this host, too
    public async Task Another_sites_page_can_change_nothing(string header, string value)
    {
        using var client = await _relay.ConnectAsync();
        await EchoAsync(client, 1);
        long id = (long)Assert.Single(await _daemon.ConnectionsAsync())!["id"]!;
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Post, "/drain"), (HttpMethod.Post, "/reload"), (HttpMethod.Delete, $"/connections/{id}"),
        })
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add(header, value);
            using var answer = await _daemon.Admin.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        await EchoAsync(client, 1);
        Assert.Equal("ready", (await _daemon.Admin.GetStringAsync("/readyz", Token)).Trim());
    }

    [Fact]
    public async Task A_name_that_was_rebound_to_this_address_can_change_nothing()
    {
        // The page's own name resolves to the admin address now: same origin to the browser, and not to us.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/drain");
        request.Headers.Host = $"elsewhere.example:{_configuration.AdminPort}";
        request.Headers.Add("Origin", $"http://elsewhere.example:{_configuration.AdminPort}");

        using var answer = await _daemon.Admin.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("ready", (await _daemon.Admin.GetStringAsync("/readyz", Token)).Trim());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task The_dashboards_own_page_may_change_something(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/reload");
        request.Headers.Host = $"{host}:{_configuration.AdminPort}";
        request.Headers.Add("Origin", $"http://{host}:{_configuration.AdminPort}");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");

        using var answer = await _daemon.Admin.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_drain_can_be_asked_for()
    {
        using var answer = await _daemon.Admin.PostAsync("/drain", null, Token);

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(0, await _daemon.ExitAsync());
    }

    [Fact]
    public async Task Status_says_that_it_is_ready()
    {
        var result = await DaemonProcess.RunAsync(Token, "status", "--admin", $"http://127.0.0.1:{_configuration.AdminPort}");

        result.AssertSuccess();
        Assert.Contains("ready", result.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await DaemonProcess.RunAsync(Token, "status", "--admin", $"http://127.0.0.1:{Ports.Free()}")).ExitCode);
    }

    [Fact]
    public async Task Check_tells_the_plan_in_json()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("edgegate.json", _configuration.ToString());

        var result = await DaemonProcess.RunAsync(Token, "check", "--config", file, "--format", "json");

        result.AssertSuccess();
        var plan = JsonNode.Parse(result.Output)!;

        // The daemon counts the descriptors that it holds, where check can only estimate them.
        int counted = await _daemon.CapacityAsync();
        Assert.InRange((int)plan["capacity"]!["maxConnections"]!, counted * 0.97, counted * 1.03);
    }

    private static void AssertLabels(PrometheusText metrics, string name, string labels)
    {
        Assert.Contains(name, metrics.Names);
        Assert.Equal(labels.Split(' '), metrics.LabelNames(name));
    }

    private async Task TrafficAsync()
    {
        using (var client = await _relay.ConnectAsync())
        {
            await EchoAsync(client, 100);
        }

        using var web = await RawConnection.ConnectAsync(_web, Token);
        await web.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.EndsWith("hello", await web.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static async Task EchoAsync(Socket socket, int length)
    {
        byte[] sent = Encoding.ASCII.GetBytes(new string('a', length));
        byte[] received = new byte[length];
        await socket.SendAllAsync(sent);
        await socket.ReceiveExactlyAsync(received).WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(sent, received);
    }
}
