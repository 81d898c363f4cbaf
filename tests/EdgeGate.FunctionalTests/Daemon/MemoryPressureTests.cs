using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>A daemon whose control group really runs out of memory, because its clients do not read.</summary>
public sealed class MemoryPressureTests : DaemonTests
{
    private const long Mebibyte = 1 << 20;

    [Fact]
    public async Task Clients_that_do_not_read_are_reset_before_the_group_is_killed_and_others_stay()
    {
        using MemoryGroup group = MemoryGroup.Create(104 * Mebibyte);
        await using var echo = TcpUpstream.Echo();
        await using var source = new TcpUpstream(FloodAsync);
        var configuration = new DaemonConfiguration().With(
            "Limits", """{ "Overload": { "StopAccepting": 0.95, "Reject": 1.0, "Reset": 1.03 } }""");
        IPEndPoint good = configuration.Relay("good", echo.EndPoint);
        IPEndPoint bad = configuration.Relay("bad", source.EndPoint, """{ "SendBuffer": 4096 }""");
        await using DaemonProcess daemon = DaemonProcess.LaunchThrough(group.Starter, configuration);
        await Until.TrueAsync(daemon.IsReadyAsync, TimeSpan.FromSeconds(30), "the daemon to become ready");
        using Socket established = await good.ConnectAsync();
        Assert.True(await IsServedAsync(established));

        // Each has the daemon keep what it does not read; what is beyond the limit waits in the backlog, or is reset.
        var lazy = new List<Socket>();
        for (int i = 0; i < 1500; i++)
        {
            lazy.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 });
            _ = ConnectAsync(lazy[^1], bad);
        }

        foreach (string action in (string[])["warn", "stop_accepting", "reject", "reset"])
        {
            await Until.TrueAsync(
                async () => (await daemon.MetricsAsync()).Sum("edgegate_overload_actions_total", ("action", action)) > 0,
                TimeSpan.FromSeconds(30), $"the action {action}");
        }

        Assert.True(await IsServedAsync(established), daemon.Output); // who holds nothing is left alone
        Assert.Contains("memory is at", daemon.Output, StringComparison.Ordinal);
        lazy.ForEach(socket => socket.Reset());

        await daemon.MetricAsync("edgegate_overload_level", level => level < 3, ("resource", "memory"));
        await Until.TrueAsync(
            async () =>
            {
                using Socket another = await good.ConnectAsync();
                return await IsServedAsync(another);
            },
            what: "a newcomer to be served again");
        Assert.True(await IsServedAsync(established));
        Assert.Equal(0, group.Kills);
        Assert.False(daemon.HasExited, daemon.Output);
    }

    private static async Task FloodAsync(Socket socket)
    {
        byte[] much = new byte[256 * 1024];
        while (true)
        {
            await socket.SendAllAsync(much);
        }
    }

    private static async Task ConnectAsync(Socket socket, IPEndPoint to)
    {
        try
        {
            await socket.ConnectAsync(to);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Rejected, or the test is over.
        }
    }

    private async Task<bool> IsServedAsync(Socket socket)
    {
        byte[] one = [7];
        try
        {
            await socket.SendAllAsync(one);
            return await socket.ReceiveAsync(one).WaitAsync(TimeSpan.FromSeconds(5), Token) == 1;
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            Report(e.Message);
            return false;
        }
    }
}
