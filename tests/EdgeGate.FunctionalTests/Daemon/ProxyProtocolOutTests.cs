using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Upstreams that are told their clients: nginx and HAProxy read the headers.</summary>
public sealed class ProxyProtocolOutTests : DaemonTests
{
    private const string Client = "127.0.0.3";

    [Theory]
    [InlineData("V1")]
    [InlineData("v2")]
    public async Task A_relays_upstream_is_told_the_client_and_its_destination(string version)
    {
        var curl = await Tool.RequireAsync("curl", Token);
        int toNginx = Ports.Free(), toHaproxy = Ports.Free();
        await using var nginx = await ListeningProcess.NginxAsync(Telling(toNginx), Token);
        await using var haproxy = await ListeningProcess.HaproxyAsync($$"""
            frontend told
              mode http
              bind 127.0.0.1:{{toHaproxy}} accept-proxy
              http-request return status 200 content-type text/plain lf-string "%[src] %[dst]:%[dst_port]"
            """, Token);
        var configuration = new DaemonConfiguration();
        var edges = new[] { toNginx, toHaproxy }.Select((port, i) =>
        {
            configuration.Cluster($"c{i}", $"tcp://127.0.0.1:{port}");
            configuration.Extend($"c{i}", Metadata(version));
            // Bound to any address: what the client connected to is the connection's to say.
            var at = new IPEndPoint(IPAddress.Any, Ports.Free());
            return configuration.Listen($"l{i}", "tcp", $"c{i}", at: at);
        }).ToList();
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        foreach (IPEndPoint edge in edges)
        {
            var answer = await Tool.RunAsync(
                curl, ["-sS", "--interface", Client, $"http://127.0.0.4:{edge.Port}/"], Token);
            answer.AssertSuccess();
            Assert.Equal($"{Client} 127.0.0.4:{edge.Port}", answer.Output);
        }
    }

    [Fact]
    public async Task A_client_that_a_proxy_named_is_named_to_the_upstream()
    {
        var record = new ConcurrentBag<string>();
        await using var upstream = new TcpUpstream(async s =>
        {
            record.Add(Encoding.Latin1.GetString(await s.ReceiveToEndAsync()));
        });
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "edge.sock");
        var configuration = new DaemonConfiguration();
        configuration.Cluster("up", $"tcp://{upstream.EndPoint}");
        configuration.Extend("up", Metadata("V1"));
        var proxied = configuration.Listen("proxied", "tcp", "up", """{ "ProxyProtocol": "Required" }""");
        var tls = configuration.Listen("tls", "tls", "up", """{ "ProxyProtocol": "Required" }""");
        configuration.Bind("unix", "unix:" + path, "tcp", "up");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        byte[] hello = await RealHello.ForAsync("a.example.com", Token);
        byte[] header = "PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n"u8.ToArray();

        foreach (var (edge, data) in new[] { ((EndPoint)proxied, "data"u8.ToArray()), (tls, hello) })
        {
            await SendAsync(edge, [.. header, .. data]);
        }

        await SendAsync(new UnixDomainSocketEndPoint(path), "data"u8.ToArray());
        await Until.TrueAsync(() => record.Count == 3, what: "three connections to end");

        string told = Encoding.Latin1.GetString(header);
        Assert.Contains(told + "data", record);
        Assert.Contains(told + Encoding.Latin1.GetString(hello), record);
        Assert.Contains("PROXY UNKNOWN\r\ndata", record);
    }

    [Theory]
    [InlineData("V1", "http")]
    [InlineData("V2", "http")]
    [InlineData("V1", "https")]
    [InlineData("V2", "https")]
    public async Task An_http_upstream_is_told_the_client(string version, string scheme)
    {
        var curl = await Tool.RequireAsync("curl", Token);
        using var certificate = new TestCertificate(["localhost"]);
        int port = Ports.Free();
        await using var nginx = await ListeningProcess.NginxAsync(
            Telling(port, scheme == "https" ? certificate : null), Token);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", new Uri($"{scheme}://127.0.0.1:{port}"));
        configuration.Extend("web", Metadata(version));
        configuration.Extend("web", """{ "HttpClient": { "DangerousAcceptAnyServerCertificate": true } }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        foreach (string client in (string[])["127.0.0.3", "127.0.0.4"])
        {
            var answer = await Tool.RunAsync(curl, ["-sS", "--interface", client, $"{web}", $"{web}"], Token);
            answer.AssertSuccess();
            string one = $"{client} 127.0.0.1:{web.Port}";
            Assert.Equal(one + one, answer.Output);
        }
    }

    [Fact]
    public async Task Clients_never_share_an_upstream_connection_and_it_goes_with_its_client()
    {
        var seen = new ConcurrentDictionary<string, ConcurrentBag<string>>();
        int open = 0;
        using var upstream = new RawUpstream(
            async connection =>
            {
                Interlocked.Increment(ref open);
                try
                {
                    string preface = await LineAsync(connection);
                    while (await connection.ReadHeadAsync() is { } head)
                    {
                        seen.GetOrAdd(preface, _ => []).Add(head.Split("\r\n")[0]);
                        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    }
                }
                finally
                {
                    Interlocked.Decrement(ref open);
                }
            },
            Token);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", upstream.Address);
        configuration.Extend("web", Metadata("V1"));
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        var edge = new IPEndPoint(IPAddress.Loopback, web.Port);

        var clients = new List<(Socket Socket, RawConnection Raw)>();
        for (int i = 0; i < 5; i++)
        {
            Socket socket = await edge.ConnectAsync();
            clients.Add((socket, new RawConnection(socket, Token)));
        }

        for (int round = 0; round < 4; round++)
        {
            foreach (var (socket, raw) in clients)
            {
                int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
                await raw.SendAsync($"GET /{port} HTTP/1.1\r\nHost: a\r\n\r\n");
                Assert.StartsWith("HTTP/1.1 200", await raw.ReadHeadAsync());
            }
        }

        Assert.Equal(5, upstream.Accepted);
        Assert.Equal(5, seen.Count);
        foreach (var (socket, _) in clients)
        {
            int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            var requests = seen[$"PROXY TCP4 127.0.0.1 127.0.0.1 {port} {web.Port}"];
            Assert.Equal(Enumerable.Repeat($"GET /{port} HTTP/1.1", 4), requests);
        }

        clients[0].Raw.Reset();
        clients.Skip(1).ToList().ForEach(client => client.Raw.Dispose());
        await Until.TrueAsync(() => Volatile.Read(ref open) == 0, what: "the upstream connections to go with their clients");
    }

    [Fact]
    public async Task A_reload_changes_what_upstreams_are_told()
    {
        var firsts = new ConcurrentQueue<string>();
        using var upstream = new RawUpstream(
            async connection =>
            {
                string first = await LineAsync(connection);
                firsts.Enqueue(first);
                while (await connection.ReadHeadAsync() is not null)
                {
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }
            },
            Token);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", upstream.Address);
        configuration.Cluster("tcp", $"tcp://{upstream.Address.Authority}");
        var tcp = configuration.Listen("tcp", "tcp", "tcp");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        IPEndPoint[] edges = [new(IPAddress.Loopback, web.Port), tcp];

        Assert.Equal(["GET / HTTP/1.1", "GET / HTTP/1.1"], await FirstLinesAsync());
        configuration.Extend("web", Metadata("V1"));
        configuration.Extend("tcp", Metadata("V1"));
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await daemon.SaysAsync("reloaded");

        Assert.All(await FirstLinesAsync(), line => Assert.StartsWith("PROXY TCP4 127.0.0.1 127.0.0.1 ", line));

        async Task<string[]> FirstLinesAsync()
        {
            firsts.Clear();
            foreach (IPEndPoint edge in edges)
            {
                using var client = await RawConnection.ConnectAsync(edge, Token);
                await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                Assert.StartsWith("HTTP/1.1 200", await client.ReadHeadAsync());
            }

            return [.. firsts];
        }
    }

    [Fact]
    public async Task A_health_probe_goes_under_the_gateways_own_name()
    {
        var prefaces = new ConcurrentBag<string>();
        using var upstream = new RawUpstream(
            async connection =>
            {
                prefaces.Add(await LineAsync(connection));
                while (await connection.ReadHeadAsync() is not null)
                {
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }
            },
            Token);
        var configuration = new DaemonConfiguration();
        configuration.Proxy("web", upstream.Address);
        configuration.Extend("web", Metadata("V1"));
        configuration.Extend("web", """{ "HealthCheck": { "Active": { "Enabled": true, "Interval": "00:00:01" } } }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        await Until.TrueAsync(() => !prefaces.IsEmpty, what: "a probe");

        Assert.All(prefaces, preface => Assert.Equal("PROXY UNKNOWN", preface));
    }

    private static string Metadata(string version) =>
        $$"""{ "Metadata": { "EdgeGate.SendProxyProtocol": "{{version}}" } }""";

    private static string Telling(int port, TestCertificate? certificate = null) => $$"""
        server {
            listen 127.0.0.1:{{port}} {{(certificate is null ? "" : "ssl")}} proxy_protocol;
            {{(certificate is null ? "" : $"ssl_certificate {certificate.Files.CertificatePath}; ssl_certificate_key {certificate.Files.KeyPath};")}}
            return 200 "$proxy_protocol_addr $proxy_protocol_server_addr:$proxy_protocol_server_port";
        }
        """;

    private static async Task<string> LineAsync(RawConnection connection)
    {
        var line = new StringBuilder();
        while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
        {
            line.Append(await connection.ReadAsync(1));
        }

        return line.ToString().TrimEnd();
    }

    private async Task SendAsync(EndPoint edge, byte[] bytes)
    {
        var protocol = edge is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        using var client = new Socket(edge.AddressFamily, SocketType.Stream, protocol);
        await client.ConnectAsync(edge, Token);
        await client.SendAllAsync(bytes);
        client.Shutdown(SocketShutdown.Send);
        await client.ReceiveToEndAsync().WaitAsync(Token);
    }
}
