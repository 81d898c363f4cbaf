using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Admin;

/// <summary><c>edgegate top</c> in a real terminal, and into a pipe.</summary>
public sealed class TopTests : DaemonTests, IAsyncLifetime
{
    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly DaemonConfiguration _configuration = new();
    private readonly TemporaryFolder _folder = new();
    private DaemonProcess _daemon = null!;
    private IPEndPoint _relay = null!;
    private string _tmux = "";

    public async ValueTask InitializeAsync()
    {
        _relay = _configuration.Relay("relay", _echo.EndPoint);
        _daemon = await DaemonProcess.StartAsync(_configuration);
    }

    public async ValueTask DisposeAsync()
    {
        if (_tmux.Length > 0)
        {
            await TmuxAsync("kill-server"); // of this socket alone
        }

        await _daemon.DisposeAsync();
        await _echo.DisposeAsync();
        _folder.Dispose();
        Dispose();
    }

    [Fact]
    public async Task Into_a_pipe_it_prints_one_picture()
    {
        using var client = await ConnectAsync();

        var printed = await DaemonProcess.RunAsync(Token, "top", "--admin", Address);

        printed.AssertSuccess();
        Assert.StartsWith("ready  EdgeGate ", printed.Output, StringComparison.Ordinal);
        Assert.Contains(client.LocalEndPoint!.ToString()!, printed.Output, StringComparison.Ordinal);
        Assert.Contains("connections ", printed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', printed.Output);
    }

    [Fact]
    public async Task It_shows_finds_and_ends_connections_and_leaves_the_terminal_as_it_was()
    {
        _tmux = await Tool.RequireAsync("tmux", Token);
        using var first = await ConnectAsync();
        using var second = await ConnectAsync();
        string edgegate = Path.Combine(AppContext.BaseDirectory, "edgegate.dll");
        (await TmuxAsync(
            "-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "30",
            $"echo before; dotnet {edgegate} top --admin {Address}; echo ended with $?; read end")).AssertSuccess();

        await ShowsAsync("2 of 2");
        await ShowsAsync(first.LocalEndPoint!.ToString()!);
        await ShowsAsync("LIMITS");
        Assert.DoesNotContain("before", await ScreenAsync(), StringComparison.Ordinal);

        await TmuxAsync("send-keys", $"/{((IPEndPoint)second.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture)}", "Enter");
        await ShowsAsync("1 of 2");
        await TmuxAsync("send-keys", "Down");
        await TmuxAsync("send-keys", "k");
        await ShowsAsync($"from {second.LocalEndPoint}? The client sees a reset.");
        await TmuxAsync("send-keys", "n");
        await ShowsAsync("q quit");
        await TmuxAsync("send-keys", "k");
        await ShowsAsync("The client sees a reset.");
        await TmuxAsync("send-keys", "y");
        await Assert.ThrowsAsync<SocketException>(() => second.ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        await ShowsAsync("was reset");

        await TmuxAsync("resize-window", "-x", "80", "-y", "24");
        await ShowsAsync("0 of 1");
        await TmuxAsync("send-keys", "C-c");
        await ShowsAsync("ended with 0");
        await ShowsAsync("before"); // what stood there before is back
    }

    private string Address => $"http://127.0.0.1:{_configuration.AdminPort}";

    private Task<ToolResult> TmuxAsync(params string[] arguments) =>
        Tool.RunAsync(_tmux, ["-S", Path.Combine(_folder.Path, "tmux"), .. arguments], Token);

    private async Task<string> ScreenAsync() => (await TmuxAsync("capture-pane", "-p")).Output;

    private async Task ShowsAsync(string text)
    {
        string screen = "";
        try
        {
            await Until.TrueAsync(async () => (screen = await ScreenAsync()).Contains(text, StringComparison.Ordinal));
        }
        catch (Xunit.Sdk.TrueException)
        {
            Assert.Fail($"'{text}' is not on the screen:\n{screen}");
        }
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
