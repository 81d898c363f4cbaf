using System.Globalization;
using System.Net;
using EdgeGate.Native.Polling;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Transport;

/// <summary>What the kernel silently cuts down, read back.</summary>
public sealed class SocketGrantsTests : IAsyncDisposable
{
    private readonly TransportHarness _harness = new(PollerKind.Auto, loops: 1);

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task What_the_kernel_cuts_down_is_told_once_with_the_number_that_holds()
    {
        (int backlog, int receive, int send) = (Most("somaxconn"), Most("rmem_max"), Most("wmem_max"));
        ListenerOptions options = Options() with
        {
            Backlog = 2 * backlog,
            ReceiveBufferBytes = 2 * receive,
            SendBufferBytes = 2 * send,
        };

        Listener listener = Listener.Bind(options, _harness.Services);

        Assert.Equal(new SocketGrants(backlog, receive, send), listener.Granted);
        Assert.Equal(3, _harness.Log.Lines.Count);
        Assert.Contains($"the kernel cut Backlog {2 * backlog} down to {backlog}; net.core.somaxconn", string.Join('\n', _harness.Log.Lines));

        listener.Serve(new HoldLane(), options with { WhenFull = WhenFull.Reject });
        await listener.StopAsync();
        Assert.Equal(3, _harness.Log.Lines.Count);
    }

    [Fact]
    public async Task What_is_granted_and_what_is_left_to_the_kernel_is_not_told()
    {
        Listener listener = Listener.Bind(Options() with { Backlog = 16, ReceiveBufferBytes = 8192 }, _harness.Services);

        Assert.Equal(new SocketGrants(16, 8192, null), listener.Granted);
        Assert.Empty(_harness.Log.Lines);
        await listener.StopAsync();
    }

    private static ListenerOptions Options() =>
        new() { Name = "test", Protocol = "tcp", EndPoint = new IPEndPoint(IPAddress.Loopback, 0) };

    private static int Most(string name)
    {
        string file = "/proc/sys/net/core/" + name;
        if (!File.Exists(file))
        {
            Assert.Skip($"this machine has no {file}");
        }

        int most = int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
        if (most > 1 << 28)
        {
            Assert.Skip($"{file} is so large that nothing is cut down");
        }

        return most;
    }
}
