using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Unix sockets on both sides of the gateway, with Redis, curl and nginx at the other ends.</summary>
public sealed class UnixSocketTests : DaemonTests
{
    private const UnixFileMode OwnerAndGroup =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Redis_is_served_through_tcp_and_through_a_unix_socket()
    {
        var client = await Tool.RequireAsync("redis-cli", Token);
        var load = await Tool.RequireAsync("redis-benchmark", Token);
        await using var redis = await RedisServer.StartAsync(Token);
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("redis", redis.EndPoint);
        configuration.Cluster("file", "unix:" + redis.SocketPath);
        var toFile = configuration.Listen("file", "tcp", "file");
        var path = Path.Combine(_folder.Path, "edge.sock");
        configuration.Bind("door", "unix:" + path, "tcp", "file");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        var value = new string('x', 512 * 1024);
        await RedisAsync(client, ["-p", Port(relay), "SET", "key", value], "OK");
        await RedisAsync(client, ["-p", Port(toFile), "GET", "key"], value);
        await RedisAsync(client, ["-s", path, "APPEND", "key", "y"], $"{value.Length + 1}");
        var loaded = await Tool.RunAsync(
            load, ["-p", Port(relay), "-q", "-t", "set,get", "-n", "20000", "-c", "50", "-P", "8", "-d", "200"], Token);
        loaded.AssertSuccess();
        Report(loaded.Output);
        Assert.DoesNotContain("rror", loaded.Output + loaded.Error, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Http_comes_and_goes_by_unix_sockets()
    {
        var curl = await Tool.RequireAsync("curl", Token);
        await using var nginx = await NginxUpstream.StartAsync(Token);
        // The upstream connection that HTTP keeps for its next request is a relay's client, which does not end by itself.
        var configuration = new DaemonConfiguration().With("Defaults", """{ "DrainTimeout": "00:00:01" }""");
        var inner = Path.Combine(_folder.Path, "inner.sock");
        var outer = Path.Combine(_folder.Path, "outer.sock");
        configuration.Cluster("nginx", $"tcp://{nginx.Address.Authority}");
        configuration.Cluster("inner", "unix:" + inner);
        configuration.Route("all", "{**path}", "inner");
        configuration.Bind("inner", "unix:" + inner, "tcp", "nginx", """{ "SocketMode": "0600" }""");
        configuration.Bind("outer", "unix:" + outer, "http");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        // In by one socket, out by the other, where a relay takes it to nginx.
        var answer = await Tool.RunAsync(curl, ["-sS", "--unix-socket", outer, "http://any/hello"], Token);

        Assert.Equal("hello from nginx", answer.Output);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(inner));
        Assert.Equal(OwnerAndGroup, File.GetUnixFileMode(outer));
        await daemon.SignalAsync("TERM");
        Assert.Equal(0, await daemon.ExitAsync(TimeSpan.FromSeconds(10)));
        Assert.False(File.Exists(outer), "the socket's file outlives the daemon");
    }

    [Fact]
    public async Task The_file_that_a_dead_process_left_is_replaced_and_a_living_one_is_not()
    {
        await using var echo = TcpUpstream.Echo();
        var path = Path.Combine(_folder.Path, "edge.sock");
        var address = new UnixDomainSocketEndPoint(path);
        var configuration = new DaemonConfiguration();
        configuration.Cluster("echo", $"tcp://{echo.EndPoint}");
        configuration.Bind("door", "unix:" + path, "tcp", "echo");
        await using (var killed = await DaemonProcess.StartAsync(configuration))
        {
            await killed.SignalAsync("KILL");
            await killed.ExitAsync(TimeSpan.FromSeconds(10));
        }

        Assert.True(File.Exists(path));
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        await EchoAsync(address);

        var rival = new DaemonConfiguration();
        rival.Cluster("echo", $"tcp://{echo.EndPoint}");
        rival.Bind("door", "unix:" + path, "tcp", "echo");
        await using var second = DaemonProcess.Launch(rival);
        Assert.Equal(1, await second.ExitAsync(TimeSpan.FromSeconds(20)));
        await second.SaysAsync("listener door: cannot bind");
        await EchoAsync(address);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        await using var echo = TcpUpstream.Echo();
        var path = _folder.Write("edge.sock", "somebody's");
        var configuration = new DaemonConfiguration();
        configuration.Cluster("echo", $"tcp://{echo.EndPoint}");
        configuration.Bind("door", "unix:" + path, "tcp", "echo");

        await using var daemon = DaemonProcess.Launch(configuration);

        Assert.Equal(1, await daemon.ExitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("somebody's", await File.ReadAllTextAsync(path, Token));
    }

    private static string Port(IPEndPoint endPoint) => endPoint.Port.ToString(CultureInfo.InvariantCulture);

    private async Task RedisAsync(string client, string[] arguments, string answer)
    {
        // A large value goes by standard input, or it would be longer than a command line may be.
        var result = arguments[^1].Length < 100_000
            ? await Tool.RunAsync(client, arguments, Token)
            : await Tool.RunAsync(
                "sh", ["-c", $"cat '{_folder.Write("value", arguments[^1])}' | {client} -x {string.Join(' ', arguments[..^1])}"], Token);
        result.AssertSuccess();
        Assert.Equal(answer, result.Output.Trim());
    }

    private static async Task EchoAsync(UnixDomainSocketEndPoint address)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(address);
        byte[] one = [7];
        await client.SendAllAsync(one);
        await client.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(5));
    }
}
