using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Real clients through the real daemon to real servers.</summary>
public sealed class TrafficTests(EdgeFixture edge) : DaemonTests, IClassFixture<EdgeFixture>
{
    private const int Large = 100_000_000;

    [Theory]
    [InlineData("--http1.1", "1.1")]
    [InlineData("--http2-prior-knowledge", "2")]
    public async Task Curl_gets_and_posts(string version, string spoken)
    {
        foreach (string[] more in new string[][] { [], ["--data", "name=value"] })
        {
            var answer = await CurlAsync([version, .. more, "-w", "%{http_code} %{http_version}", edge.Web + "hello"]);
            Assert.Equal($"hello from nginx200 {spoken}", answer);
        }
    }

    [Theory]
    [InlineData("--http1.1", "1.1")]
    [InlineData("--http2", "2")]
    public async Task Curl_verifies_the_certificate(string version, string spoken)
    {
        var answer = await CurlAsync(
            [version, "--cacert", edge.Certificate.Files.CertificatePath, "--resolve", $"localhost:{edge.Secure.Port}:127.0.0.1",
            "-w", "%{http_code} %{http_version}", $"https://localhost:{edge.Secure.Port}/hello"]);

        Assert.Equal($"hello from nginx200 {spoken}", answer);
    }

    [Fact]
    public async Task A_download_of_100_MB_is_byte_exact()
    {
        byte[] content = RandomNumberGenerator.GetBytes(Large);
        await File.WriteAllBytesAsync(Path.Combine(edge.Nginx.Root, "large"), content, Token);
        string copy = Path.Combine(edge.Nginx.Root, "copy");

        await CurlAsync(["-o", copy, edge.Web + "large"]);

        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await File.ReadAllBytesAsync(copy, Token)));
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2-prior-knowledge")]
    public async Task An_upload_of_100_MB_is_byte_exact(string version)
    {
        byte[] content = RandomNumberGenerator.GetBytes(Large);
        string file = Path.Combine(edge.Nginx.Root, "source");
        await File.WriteAllBytesAsync(file, content, Token);
        string name = "upload/" + version;

        await CurlAsync([version, "-T", file, edge.Web + name]);

        byte[] received = await File.ReadAllBytesAsync(Path.Combine(edge.Nginx.Root, name), Token);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(received));
    }

    [Fact]
    public async Task A_web_socket_message_of_a_megabyte_comes_back()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(edge.Web) { Scheme = "ws", Path = "/socket" }.Uri, Token);
        byte[] message = RandomNumberGenerator.GetBytes(1 << 20);

        var sending = socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, Token);
        byte[] echoed = new byte[message.Length];
        int received = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(echoed.AsMemory(received), Token);
            received += part.Count;
        }
        while (!part.EndOfMessage);

        await sending;
        Assert.Equal(message, echoed);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
    }

    [Fact]
    public async Task A_relay_of_100_MB_there_and_back_is_byte_exact()
    {
        using var socket = await edge.Tcp.ConnectAsync();
        byte[] sent = RandomNumberGenerator.GetBytes(Large);

        var sending = Task.Run(async () =>
        {
            await socket.SendAllAsync(sent);
            socket.Shutdown(SocketShutdown.Send);
        });
        byte[] received = await socket.ReceiveToEndAsync().WaitAsync(Token);
        await sending;

        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    private async Task<string> CurlAsync(string[] arguments)
    {
        var curl = await Tool.RequireAsync("curl", Token);
        var result = await Tool.RunAsync(curl, ["--silent", "--show-error", "--fail", "--noproxy", "*", .. arguments], Token);
        result.AssertSuccess();
        return result.Output;
    }
}
