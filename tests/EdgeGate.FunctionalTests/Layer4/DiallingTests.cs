using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.Layer4;
using EdgeGate.Layer4.Upstreams;
using EdgeGate.Transport;

namespace EdgeGate.FunctionalTests.Layer4;

/// <summary>How a relay gets from address to address and from destination to destination.</summary>
public sealed class DiallingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("127.0.0.1", "::1")]
    [InlineData("::1", "127.0.0.1")]
    public async Task A_name_of_two_families_is_reached_where_only_one_listens(string listens, string silent)
    {
        using var upstream = Listening(IPAddress.Parse(listens));
        int port = upstream.EndPoint.Port;
        await using var host = Host(Name("dual", new(IPAddress.Parse(silent), port), upstream.EndPoint));

        for (int i = 0; i < 20; i++)
        {
            await AssertServedAsync(host);
        }

        // One failed connect tells that the address is bad; the destination as a whole never failed.
        Assert.Equal(0, host.Cluster.Destinations[0].Failures);
        Assert.Equal(20, upstream.Accepted);
    }

    [Fact]
    public async Task All_addresses_of_a_name_are_used()
    {
        using var one = new NamedUpstream('1');
        using var other = new NamedUpstream('2', new IPEndPoint(IPAddress.Parse("127.0.0.2"), one.EndPoint.Port));
        await using var host = Host(Name("many", one.EndPoint, other.EndPoint));

        for (int i = 0; i < 20; i++)
        {
            await AssertServedAsync(host);
        }

        Assert.Equal(10, one.Accepted);
        Assert.Equal(10, other.Accepted);
        Assert.Single(host.Cluster.Destinations);
    }

    [Fact]
    public async Task A_silent_destination_leaves_time_for_the_next()
    {
        using var silent = new Blackhole();
        using var alive = new NamedUpstream('a');
        await using var host = Host(
            TimeSpan.FromSeconds(2), Name("silent", silent.EndPoint), Name("alive", alive.EndPoint));

        var clock = Stopwatch.StartNew();
        await AssertServedAsync(host);
        await AssertServedAsync(host);

        Assert.InRange(clock.Elapsed.TotalSeconds, 0.9, 10); // half of the two seconds, once of two times
        Assert.Equal(1, host.Cluster.Destinations[0].Failures);
    }

    [Fact]
    public async Task All_attempts_together_take_no_longer_than_the_timeout()
    {
        using var silent = new Blackhole();
        await using var host = Host(
            TimeSpan.FromSeconds(2),
            [.. Enumerable.Range(0, 4).Select(i => Name($"d{i}", silent.EndPoint, silent.EndPoint))]);

        var clock = Stopwatch.StartNew();
        await AssertClosedAsync(host);

        Assert.InRange(clock.Elapsed.TotalSeconds, 1.9, 10);
        await Until.TrueAsync(() => host.Closed(CloseReason.Timeout) == 1);
        Assert.All(host.Cluster.Destinations, destination => Assert.Equal(0, destination.Active));
    }

    [Fact]
    public async Task Few_destinations_are_tried_and_no_more()
    {
        IPEndPoint[] nobody = [.. Enumerable.Range(0, 6).Select(_ => new IPEndPoint(IPAddress.Loopback, Ports.Free()))];
        await using var host = Host([.. nobody.Select((to, i) => Name($"d{i}", to))]);

        await AssertClosedAsync(host);

        await Until.TrueAsync(() => host.Closed(CloseReason.Upstream) == 1);
        Assert.Equal(TriedDestinations.Capacity, host.Cluster.Destinations.Sum(destination => destination.Failures));
        Assert.All(host.Cluster.Destinations, destination => Assert.Equal(0, destination.Active));
    }

    [Fact]
    public async Task A_client_that_resets_while_its_upstream_is_silent_gives_its_place_back()
    {
        using var silent = new Blackhole();
        await using var host = Host(TimeSpan.FromSeconds(60), Name("silent", silent.EndPoint));
        Socket client = await host.EndPoint.ConnectAsync();
        await Until.TrueAsync(() => host.Cluster.Destinations[0].Active == 1);

        client.Reset();

        await Until.TrueAsync(() => host.Cluster.Destinations[0].Active == 0);
        Assert.Equal(1, host.Closed(CloseReason.Client));
    }

    [Fact]
    public async Task A_unix_socket_whose_backlog_is_full_is_waited_for()
    {
        using var folder = new TemporaryFolder();
        var path = new UnixDomainSocketEndPoint(Path.Combine(folder.Path, "slow.sock"));
        using var slow = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        slow.Bind(path);
        slow.Listen(0);
        var fillers = new List<Socket>();
        while (Fill(path) is { } filler)
        {
            fillers.Add(filler);
        }

        await using var host = new RelayHost([new ResolvedDestination("d", "unix:slow", [path])]);
        using Socket client = await host.EndPoint.ConnectAsync();
        await client.SendAllAsync("x"u8.ToArray());
        await Until.TrueAsync(() => host.Cluster.Destinations[0].Active == 1);
        foreach (Socket filler in fillers)
        {
            (await slow.AcceptAsync()).Dispose();
            filler.Dispose();
        }

        using Socket served = await slow.AcceptAsync().WaitAsync(Patience);
        byte[] heard = new byte[1];
        await served.ReceiveExactlyAsync(heard).WaitAsync(Patience);
        Assert.Equal("x"u8.ToArray(), heard);
        Assert.Equal(0, host.Cluster.Destinations[0].Failures);
    }

    private static Socket? Fill(UnixDomainSocketEndPoint path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(path);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static NamedUpstream Listening(IPAddress address)
    {
        try
        {
            return new NamedUpstream('a', new IPEndPoint(address, Ports.Free()));
        }
        catch (SocketException e)
        {
            Assert.Skip($"this machine has no {address}: {e.Message}");
            throw;
        }
    }

    private static ResolvedDestination Name(string id, params IPEndPoint[] addresses) => new(id, $"tcp://{id}:1", addresses);

    private static RelayHost Host(params ResolvedDestination[] destinations) => new(destinations, new TcpRelayOptions());

    private static RelayHost Host(TimeSpan connectTimeout, params ResolvedDestination[] destinations) =>
        new(destinations, new TcpRelayOptions { ConnectTimeout = connectTimeout });

    private static async Task AssertServedAsync(RelayHost host)
    {
        using Socket client = await host.EndPoint.ConnectAsync();
        await client.ReceiveExactlyAsync(new byte[1]).WaitAsync(Patience);
    }

    private static async Task AssertClosedAsync(RelayHost host)
    {
        using Socket client = await host.EndPoint.ConnectAsync();
        Assert.Empty(await client.ReceiveToEndAsync().WaitAsync(Patience));
    }
}
