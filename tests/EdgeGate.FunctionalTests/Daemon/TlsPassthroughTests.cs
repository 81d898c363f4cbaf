using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Protocol tls with real clients and real TLS servers: routed by the hello, opened by nobody in between.</summary>
public sealed class TlsPassthroughTests : DaemonTests
{
    private const string Closed = "edgegate_connections_closed_total";

    [Fact]
    public async Task Each_name_and_protocol_reaches_an_upstream_with_its_own_certificate()
    {
        var curl = await Tool.RequireAsync("curl", Token);
        using var a = new TestCertificate(["a.example.com"]);
        using var b = new TestCertificate(["*.y.b.example.com"]);
        int[] ports = [Ports.Free(), Ports.Free(), Ports.Free(), Ports.Free()];
        await using var nginx = await ListeningProcess.NginxAsync(
            Server(ports[0], a, "a") + Server(ports[1], a, "a over h2") + Server(ports[2], b, "b") + Server(ports[3], a, "other"),
            Token);
        var configuration = new DaemonConfiguration();
        for (int i = 0; i < ports.Length; i++)
        {
            configuration.Cluster($"c{i}", $"tcp://127.0.0.1:{ports[i]}");
        }

        var edge = configuration.Listen("sni", "tls", "c3", """
            { "SniRoutes": { "A.example.com": "c0", "a.example.com/h2": "c1", "*.b.example.com": "c2" } }
            """);
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        Assert.Equal("a", await GetAsync("a.example.com", "--http1.1", "--cacert", a.Files.CertificatePath));
        Assert.Equal("a over h2", await GetAsync("a.example.com", "--http2", "--cacert", a.Files.CertificatePath));
        Assert.Equal("b", await GetAsync("x.y.b.example.com", "--http2", "--cacert", b.Files.CertificatePath));
        Assert.Equal("other", await GetAsync("example.org", "--http2", "--insecure"));
        Assert.Equal("other", await GetAsync("127.0.0.1", "--insecure"));
        Assert.Contains("CN=*.y.b.example.com", await SubjectAsync("y.b.example.com"), StringComparison.Ordinal);
        Assert.Contains("CN=a.example.com", await SubjectAsync("a.example.com"), StringComparison.Ordinal);

        async Task<string> GetAsync(string name, params string[] more)
        {
            var answer = await Tool.RunAsync(
                curl, ["-sS", "--resolve", $"{name}:{edge.Port}:127.0.0.1", .. more, $"https://{name}:{edge.Port}/"], Token);
            answer.AssertSuccess();
            return answer.Output;
        }

        async Task<string> SubjectAsync(string name)
        {
            var openssl = await Tool.RequireAsync("openssl", Token);
            var answer = await Tool.RunAsync(
                "sh", ["-c", $"'{openssl}' s_client -connect {edge} -servername {name} </dev/null"], Token);
            return answer.Output.Replace(" ", "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_a_route_and_a_default_it_is_closed()
    {
        await using var upstream = TcpUpstream.Echo();
        var (daemon, edge) = await StartAsync(upstream, """{ "SniRoutes": { "a.example.com": "echo" } }""", cluster: null);
        await using (daemon)
        {
            using Socket client = await edge.ConnectAsync();
            await client.SendAllAsync(await RealHello.ForAsync("b.example.com", Token));

            Assert.Equal(0, await EndAsync(client));
            Assert.Equal(0, upstream.Accepted);
            await daemon.MetricAsync(Closed, 1, ("listener", "sni"), ("reason", "error"));
        }
    }

    [Fact]
    public async Task A_hello_in_pieces_is_passed_on_unchanged_with_what_follows_and_the_half_close()
    {
        await using var upstream = TcpUpstream.Echo();
        var (daemon, edge) = await StartAsync(upstream, """{ "SniRoutes": { "a.example.com": "echo" } }""", cluster: null);
        await using (daemon)
        {
            byte[] hello = await RealHello.ForAsync("a.example.com", Token);
            byte[] sent = [.. hello, .. "early"u8];
            for (int cut = 1; cut <= sent.Length; cut += 1 + cut / 8)
            {
                using Socket client = await edge.ConnectAsync();
                await client.SendAllAsync(sent.AsMemory(0, cut));
                await daemon.ConnectionsAsync(); // the loops have had a turn: what was sent has most likely been read
                await client.SendAllAsync(sent.AsMemory(cut));
                client.Shutdown(SocketShutdown.Send);

                Assert.Equal(sent, await client.ReceiveToEndAsync().WaitAsync(Token));
            }

            using Socket slow = await edge.ConnectAsync();
            foreach (byte one in hello)
            {
                await slow.SendAllAsync(new[] { one });
            }

            await slow.ReceiveExactlyAsync(new byte[hello.Length]).WaitAsync(Token);
        }
    }

    [Fact]
    public async Task A_hello_that_drips_is_cut_when_its_time_is_over()
    {
        await using var upstream = TcpUpstream.Echo();
        var (daemon, edge) = await StartAsync(upstream, """{ "FirstByteTimeout": "00:00:02" }""");
        await using (daemon)
        {
            byte[] hello = await RealHello.ForAsync("a.example.com", Token);
            using Socket silent = await edge.ConnectAsync();
            using Socket dripping = await edge.ConnectAsync();
            long began = Stopwatch.GetTimestamp();
            Task<int> end = EndAsync(dripping);
            for (int i = 0; !end.IsCompleted; i++)
            {
                try
                {
                    await dripping.SendAllAsync(hello.AsMemory(i, 1));
                }
                catch (SocketException)
                {
                    break; // closed between two bytes
                }

                // A pace at which the hello would take a minute.
                await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(250), Token));
            }

            Assert.Equal(0, await end);
            Assert.Equal(0, await EndAsync(silent));
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(30));
            Assert.Equal(0, upstream.Accepted);
            await daemon.MetricAsync(Closed, 2, ("listener", "sni"), ("reason", "timeout"));
        }
    }

    [Fact]
    public async Task Garbage_is_closed_at_once_and_reaches_nobody()
    {
        await using var upstream = TcpUpstream.Echo();
        var (daemon, edge) = await StartAsync(upstream, """{ "FirstByteTimeout": "Off" }""");
        await using (daemon)
        {
            byte[] hello = await RealHello.ForAsync("a.example.com", Token);
            byte[] torn = [.. hello];
            torn[43] = 33; // a session of more bytes than there may be
            byte[][] garbage =
            [
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), [0x80, 0x2e, 1, 3, 1], [0x16, 0x03, 0x01, 0x00, 0x00], torn, [0],
            ];
            foreach (byte[] bytes in garbage)
            {
                using Socket client = await edge.ConnectAsync();
                await client.SendAllAsync(bytes);
                Assert.Equal(0, await EndAsync(client));
            }

            Assert.Equal(0, upstream.Accepted);
            await daemon.MetricAsync(Closed, garbage.Length, ("listener", "sni"), ("reason", "error"));
            using Socket good = await edge.ConnectAsync();
            await good.SendAllAsync(hello);
            await good.ReceiveExactlyAsync(new byte[hello.Length]).WaitAsync(Token);
        }
    }

    [Fact]
    public async Task Clients_that_leave_in_the_middle_leave_nothing_behind()
    {
        await using var upstream = TcpUpstream.Echo();
        var (daemon, edge) = await StartAsync(upstream, "{}");
        await using (daemon)
        {
            byte[] hello = await RealHello.ForAsync("a.example.com", Token);
            int before = daemon.Descriptors;
            for (int i = 0; i < 300; i++)
            {
                using Socket client = await edge.ConnectAsync();
                await client.SendAllAsync(hello.AsMemory(0, hello.Length * (i % 10) / 10));
                if (i % 2 == 0)
                {
                    client.Reset();
                }
            }

            await daemon.MetricAsync("edgegate_connections_active", 0, ("listener", "sni"));
            await daemon.MetricAsync(Closed, 300, ("listener", "sni"), ("reason", "client"));
            Assert.Equal(0, upstream.Accepted);
            await Until.TrueAsync(() => daemon.Descriptors <= before + 2, what: "descriptors to come back");
        }
    }

    private static string Server(int port, TestCertificate certificate, string answer) => $$"""
        server {
            listen 127.0.0.1:{{port}} ssl http2;
            ssl_certificate {{certificate.Files.CertificatePath}};
            ssl_certificate_key {{certificate.Files.KeyPath}};
            return 200 "{{answer}}";
        }
        """;

    private static async Task<(DaemonProcess Daemon, IPEndPoint Edge)> StartAsync(
        TcpUpstream upstream, string more, string? cluster = "echo")
    {
        var configuration = new DaemonConfiguration();
        configuration.Cluster("echo", $"tcp://{upstream.EndPoint}");
        var edge = configuration.Listen("sni", "tls", cluster, more);
        return (await DaemonProcess.StartAsync(configuration), edge);
    }

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
