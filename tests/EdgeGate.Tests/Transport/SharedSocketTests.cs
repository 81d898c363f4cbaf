using System.Net;
using System.Net.Sockets;
using EdgeGate.Native.Polling;
using EdgeGate.Native.Sockets;
using EdgeGate.Tests.Sockets;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Tests.Transport;

/// <summary>A listening socket that another process has open too, which here is another descriptor of this one.</summary>
public sealed class SharedSocketTests
{
    private readonly OwnedDescriptor _others = SocketFactory.Listen(new IPEndPoint(IPAddress.Loopback, 0), 16);

    [Fact]
    public async Task Closing_it_leaves_whoever_waits_in_its_queue_to_the_other()
    {
        await using var harness = new TransportHarness(PollerKind.Auto, 2);
        Listener listener = Adopt(harness);
        listener.Serve(new HoldLane());
        using Socket served = TransportHarness.Connect(listener);
        await TransportHarness.UntilAsync(() => harness.Gate.Connections == 1);

        await listener.StopAsync();
        using Socket waits = TransportHarness.Connect(listener);
        await harness.SettleAsync();

        Assert.Equal(0, harness.Loops.Loops.Sum(loop => loop.StaleReports));
        using var accepted = new OwnedDescriptor(
            LoopbackPair.Patiently(() => SocketIO.Accept(_others.Descriptor, out _)).OrThrow("accept"));
        Assert.Equal(1, SocketIO.Send(accepted.Descriptor, [7]).Value);
        Assert.Equal(1, waits.Receive(new byte[1]));
    }

    [Fact]
    public async Task The_end_of_the_loops_has_the_others_connections_not_closed_with_a_reset()
    {
        IPEndPoint address = SocketFactory.LocalAddress(_others.Descriptor)!;
        await using (var harness = new TransportHarness(PollerKind.Auto, 1))
        {
            Adopt(harness).Serve(new HoldLane());
            await harness.SettleAsync();
        }

        // SO_LINGER, set on the listener, would be inherited by whatever is accepted from it: socket(7).
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(address, TestContext.Current.CancellationToken);
        using (new OwnedDescriptor(
            LoopbackPair.Patiently(() => SocketIO.Accept(_others.Descriptor, out _)).OrThrow("accept")))
        {
        }

        Assert.Equal(0, client.Receive(new byte[1])); // a FIN
    }

    [Fact]
    public async Task Only_the_maker_of_a_unix_socket_takes_its_file_away()
    {
        string path = Path.Combine(Path.GetTempPath(), $"edgegate-{Guid.NewGuid():N}.sock");
        using OwnedDescriptor made = SocketFactory.Listen(new UnixDomainSocketEndPoint(path), 16);
        await using var harness = new TransportHarness(PollerKind.Auto, 1);
        foreach (bool owns in new[] { false, true })
        {
            Listener listener = Listener.Adopt(
                SocketFactory.Duplicate(made.Descriptor), OptionsOf(new UnixDomainSocketEndPoint(path)), harness.Services, owns);
            listener.Serve(new HoldLane());
            await listener.StopAsync();
            Assert.Equal(!owns, File.Exists(path));
        }
    }

    private Listener Adopt(TransportHarness harness) => Listener.Adopt(
        SocketFactory.Duplicate(_others.Descriptor),
        OptionsOf(SocketFactory.LocalAddress(_others.Descriptor)!),
        harness.Services);

    private static ListenerOptions OptionsOf(EndPoint endPoint) => new()
    {
        Name = "test",
        Protocol = "tcp",
        EndPoint = endPoint,
        Quota = new ListenerQuota(long.MaxValue),
    };
}
