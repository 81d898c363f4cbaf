using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Listeners behind a proxy that names the client: HAProxy's headers, and headers that are wrong.</summary>
public sealed class ProxyProtocolInTests : DaemonTests
{
    private const string Closed = "edgegate_connections_closed_total";
    private const string Client = "127.0.0.2";
    private const string Required = """{ "ProxyProtocol": "Required" }""";

    private static readonly byte[] Signature = "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c")]
    public async Task The_client_of_a_relay_is_the_one_that_haproxy_saw(string option)
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var edge = configuration.Relay("tcp", upstream.EndPoint, Required);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        int front = Ports.Free();
        await using var haproxy = await ListeningProcess.HaproxyAsync(Through(front, edge.ToString(), option), Token);

        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Bind(new IPEndPoint(IPAddress.Parse(Client), 0));
        await client.ConnectAsync(IPAddress.Loopback, front, Token);
        await client.SendAllAsync("hello"u8.ToArray());
        byte[] echoed = new byte[5];
        await client.ReceiveExactlyAsync(echoed).WaitAsync(Token);

        Assert.Equal("hello"u8.ToArray(), echoed);
        var connection = Assert.Single(await daemon.ConnectionsAsync("?listener=tcp"));
        Assert.Equal(client.LocalEndPoint!.ToString(), (string?)connection!["source"]);
    }

    [Theory]
    [InlineData("http", "send-proxy")]
    [InlineData("http", "send-proxy-v2")]
    [InlineData("https", "send-proxy")]
    [InlineData("https", "send-proxy-v2")]
    [InlineData("unix", "send-proxy-v2")]
    public async Task The_client_of_a_request_is_the_one_that_haproxy_saw(string kind, string option)
    {
        var curl = await Tool.RequireAsync("curl", Token);
        using var certificate = new TestCertificate(["localhost"]);
        using var folder = new TemporaryFolder();
        var socket = Path.Combine(folder.Path, "edge.sock");
        int nginxPort = Ports.Free(), front = Ports.Free();
        await using var nginx = await ListeningProcess.NginxAsync(
            $$"""server { listen 127.0.0.1:{{nginxPort}}; return 200 "$http_x_forwarded_for"; }""", Token);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("nginx", $"http://127.0.0.1:{nginxPort}");
        configuration.Route("all", "{**path}", "nginx");
        var edge = new IPEndPoint(IPAddress.Loopback, Ports.Free());
        configuration.Bind(
            "web", kind == "unix" ? "unix:" + socket : edge.ToString(), kind == "https" ? "https" : "http",
            more: kind == "https" ? WithTls(certificate) : Required);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        var server = kind == "unix" ? "unix@" + socket : edge.ToString();
        await using var haproxy = await ListeningProcess.HaproxyAsync(Through(front, server, option), Token);

        // Twice, on one connection: the header comes once.
        var url = $"{(kind == "https" ? "https" : "http")}://127.0.0.1:{front}/";
        var answer = await Tool.RunAsync(curl, ["-sSk", "--interface", Client, url, url], Token);

        answer.AssertSuccess();
        Assert.Equal(Client + Client, answer.Output);
        await daemon.MetricAsync("edgegate_connections_accepted_total", 1, ("listener", "web"));
    }

    [Fact]
    public async Task A_header_may_come_byte_by_byte_or_with_the_first_data()
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var edge = configuration.Relay("tcp", upstream.EndPoint, Required);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        byte[] v1 = "PROXY TCP4 192.0.2.1 198.51.100.1 1000 2000\r\n"u8.ToArray();
        byte[] v2 = [.. Signature, 0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 1, 3, 232, 7, 208];
        foreach (byte[] header in (byte[][])[v1, v2])
        {
            using Socket together = await edge.ConnectAsync();
            await together.SendAllAsync((byte[])[.. header, .. "data"u8]);
            together.Shutdown(SocketShutdown.Send);
            Assert.Equal("data"u8.ToArray(), await together.ReceiveToEndAsync().WaitAsync(Token));

            using Socket slow = await edge.ConnectAsync();
            foreach (byte one in (byte[])[.. header, 7])
            {
                await slow.SendAllAsync(new[] { one });
            }

            byte[] echoed = new byte[1];
            await slow.ReceiveExactlyAsync(echoed).WaitAsync(Token);
            Assert.Equal(7, echoed[0]);
            var connection = Assert.Single(
                await daemon.ConnectionsAsync("?listener=tcp"), c => (string?)c!["state"] == "open");
            Assert.Equal("192.0.2.1:1000", (string?)connection!["source"]);
        }
    }

    [Fact]
    public async Task A_server_may_speak_first_once_the_header_is_there()
    {
        await using var upstream = new TcpUpstream(s => s.SendAllAsync("220 ready\r\n"u8.ToArray()));
        var configuration = new DaemonConfiguration();
        var edge = configuration.Relay("tcp", upstream.EndPoint, Required);
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        using Socket client = await edge.ConnectAsync();
        await client.SendAllAsync("PROXY UNKNOWN\r\n"u8.ToArray());

        Assert.Equal("220 ready\r\n", Encoding.ASCII.GetString(await client.ReceiveToEndAsync().WaitAsync(Token)));
    }

    [Fact]
    public async Task A_header_without_an_address_leaves_the_peers()
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        var edge = configuration.Relay("tcp", upstream.EndPoint, Required);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        byte[][] headers =
        [
            "PROXY UNKNOWN 192.0.2.1 192.0.2.2 1 2\r\n"u8.ToArray(),
            [.. Signature, 0x20, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 1, 3, 232, 7, 208],
            [.. Signature, 0x21, 0x00, 0, 0],
            [.. Signature, 0x21, 0x31, 0, 216, .. new byte[216]],
        ];
        foreach (byte[] header in headers)
        {
            using Socket client = await edge.ConnectAsync();
            await client.SendAllAsync((byte[])[.. header, 1]);
            await client.ReceiveExactlyAsync(new byte[1]).WaitAsync(Token);

            var sources = (await daemon.ConnectionsAsync("?listener=tcp")).Select(c => (string?)c!["source"]);
            Assert.Contains(client.LocalEndPoint!.ToString(), sources);
        }
    }

    [Fact]
    public async Task A_wrong_header_is_closed_and_nothing_is_forwarded()
    {
        var record = new UpstreamRecord();
        using var upstream = new RawUpstream(record.ServeAsync, Token);
        using var certificate = new TestCertificate(["localhost"]);
        var configuration = new DaemonConfiguration();
        configuration.Proxy("web", upstream.Address, Required);
        var patient = """{ "ProxyProtocol": "Required", "FirstByteTimeout": "Off" }""";
        configuration.Cluster("raw", $"tcp://{upstream.Address.Authority}");
        IPEndPoint[] edges =
        [
            configuration.Listen("plain", "http", more: patient), configuration.Listen("tcp", "tcp", "raw", patient),
            configuration.Listen("secure", "https", more: WithTls(certificate)), configuration.Listen("tls", "tls", "raw", patient),
        ];
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        byte[] request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();
        byte[][] wrong =
        [
            [],
            "PROXY TCP4 192.0.2.1 198.51.100.1 1000\r\n"u8.ToArray(),
            "PROXY TCP4 192.0.2.1 198.51.100.1 1000 2000\n"u8.ToArray(),
            "PROXY TCP4 192.0.2.01 198.51.100.1 1000 2000\r\n"u8.ToArray(),
            "PROXY TCP4 192.0.2.1 198.51.100.1 1000 2000 \r\n"u8.ToArray(),
            [.. Signature, 0x31, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 1, 3, 232, 7, 208],
            [.. Signature, 0x21, 0x41, 0, 0],
            [.. Signature, 0x21, 0x11, 0, 13, 192, 0, 2, 1, 198, 51, 100, 1, 3, 232, 7, 208, 0],
            [.. Signature, 0x21, 0x11, 0, 19, 192, 0, 2, 1, 198, 51, 100, 1, 3, 232, 7, 208, 3, 0, 4, 1, 2, 3, 4],
            [.. Signature, 0x21, 0x11, 255, 255, 192, 0, 2, 1],
        ];
        foreach (IPEndPoint edge in edges)
        {
            foreach (byte[] header in wrong)
            {
                using Socket client = await edge.ConnectAsync();
                await client.SendAllAsync((byte[])[.. header, .. request]);
                Assert.Equal(0, await EndAsync(client));
            }
        }

        Assert.Equal(0, upstream.Accepted);
        Assert.Empty(record.Text);
        foreach (string listener in (string[])["plain", "tcp", "secure", "tls"])
        {
            await daemon.MetricAsync(Closed, wrong.Length, ("listener", listener), ("reason", "error"));
        }
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public async Task A_header_that_drips_is_cut_when_its_time_is_over(string protocol)
    {
        await using var upstream = TcpUpstream.Echo();
        var configuration = new DaemonConfiguration();
        configuration.Cluster("tcp", $"tcp://{upstream.EndPoint}");
        var edge = configuration.Listen("edge", protocol, protocol == "tcp" ? "tcp" : null, """
            { "ProxyProtocol": "Required", "FirstByteTimeout": "00:00:02" }
            """);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        byte[] header = Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 90));

        using Socket client = await edge.ConnectAsync();
        long began = Stopwatch.GetTimestamp();
        Task<int> end = EndAsync(client);
        for (int i = 0; !end.IsCompleted && i < header.Length; i++)
        {
            try
            {
                await client.SendAllAsync(header.AsMemory(i, 1));
            }
            catch (SocketException)
            {
                break; // closed between two bytes
            }

            await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(250), Token));
        }

        Assert.Equal(0, await end);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(20));
        Assert.Equal(0, upstream.Accepted);
        await daemon.MetricAsync(Closed, 1, ("listener", "edge"), ("reason", "timeout"));
    }

    [Fact]
    public async Task A_reload_that_asks_for_the_header_gets_it()
    {
        await using var nginx = await NginxUpstream.StartAsync(Token);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", nginx.Address);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var http = new HttpClient();
        Assert.Equal("hello from nginx", await http.GetStringAsync(new Uri(web, "hello"), Token));

        configuration.Listen("web", "http", more: Required, at: new IPEndPoint(IPAddress.Loopback, web.Port));
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await daemon.SaysAsync("reloaded");

        using var bare = await RawConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, web.Port), Token);
        await bare.SendAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        await bare.WaitForCloseAsync();
        using var proxied = await RawConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, web.Port), Token);
        await proxied.SendAsync("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await proxied.ReadHeadAsync());
        var sources = (await daemon.ConnectionsAsync("?listener=web")).Select(c => (string?)c!["source"]);
        Assert.Contains("192.0.2.1:1", sources);
    }

    [Fact]
    public async Task An_http_listener_may_wait_for_a_first_byte_for_ever()
    {
        await using var nginx = await NginxUpstream.StartAsync(Token);
        var configuration = new DaemonConfiguration();
        var web = configuration.Proxy("web", nginx.Address, """{ "FirstByteTimeout": "Off" }""");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var http = new HttpClient();

        Assert.Equal("hello from nginx", await http.GetStringAsync(new Uri(web, "hello"), Token));
    }

    private static string WithTls(TestCertificate certificate) => $$"""
        { "ProxyProtocol": "Required", "Tls": { "Certificates": [ {
            "CertificatePath": "{{certificate.Files.CertificatePath}}", "KeyPath": "{{certificate.Files.KeyPath}}" } ] } }
        """;

    private static string Through(int front, string server, string option) => $$"""
        frontend front
          bind 127.0.0.1:{{front}}
          default_backend edge
        backend edge
          server edge {{server}} {{option}}
        """;

    /// <summary>Waits for the connection's end, by a FIN or a reset; says how many bytes came before it.</summary>
    private async Task<int> EndAsync(Socket client)
    {
        try
        {
            return (await client.ReceiveToEndAsync().WaitAsync(Token)).Length;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
