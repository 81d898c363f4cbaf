using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Where connections go, and where they go instead when a destination dies.</summary>
public sealed class BalancingTests : DaemonTests
{
    [Fact]
    public async Task A_destination_killed_and_restarted_under_load_fails_no_new_connection()
    {
        using var a = new NamedUpstream('a');
        using var b = new NamedUpstream('b');
        var configuration = new DaemonConfiguration();
        configuration.Cluster("pair", $"tcp://{a.EndPoint}", $"tcp://{b.EndPoint}");
        configuration.Extend("pair", """{ "HealthCheck": { "Passive": { "ReactivationPeriod": "00:00:02" } } }""");
        var relay = configuration.Listen("pair", "tcp", "pair");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var load = new Load(relay);
        var clients = Enumerable.Range(0, 8).Select(_ => load.RunAsync(over.Token)).ToArray();
        try
        {
            await KillAndRestartAsync(daemon, load, a, relay);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(clients);
        }

        Assert.DoesNotContain(load.Failed, life => life != 1); // what was on its way to it while it died may be lost
        Report($"a {load.Of('a')}, b {load.Of('b')}, cut while dying {load.Failed.Count(life => life == 1)}");
        await daemon.MetricAsync("edgegate_upstream_connections", 0);
        await daemon.SaysAsync("destination d0 takes no new connections");
        await daemon.SaysAsync("destination d0 takes new connections again");
    }

    [Fact]
    public async Task Passive_health_can_be_switched_off()
    {
        using var alive = new NamedUpstream('a');
        using var nobody = Bound();
        var configuration = new DaemonConfiguration();
        configuration.Cluster("pair", $"tcp://{alive.EndPoint}", $"tcp://{nobody.LocalEndPoint}");
        configuration.Extend("pair", """{ "LoadBalancingPolicy": "RoundRobin", "HealthCheck": { "Passive": { "Enabled": false } } }""");
        var relay = configuration.Listen("pair", "tcp", "pair");
        await using var daemon = await DaemonProcess.StartAsync(configuration);

        for (int i = 0; i < 20; i++)
        {
            Assert.Equal('a', await NameAsync(relay));
        }

        // Each second connection tried it, and each went on to the other.
        var dead = await daemon.DestinationAsync("pair", "d1");
        Assert.True((bool)dead["available"]!);
        Assert.InRange((int)dead["failures"]!, 9, 11);
    }

    [Fact]
    public async Task The_last_destination_is_tried_however_often_it_failed()
    {
        using var alive = new NamedUpstream('a');
        alive.Kill();
        var configuration = new DaemonConfiguration();
        var relay = configuration.Relay("one", alive.EndPoint);
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        for (int i = 0; i < 10; i++)
        {
            using Socket client = await relay.ConnectAsync();
            await AssertEndedAsync(client);
        }

        alive.Start();

        Assert.Equal('a', await NameAsync(relay));
    }

    [Fact]
    public async Task A_client_keeps_its_destination_by_its_address()
    {
        var upstreams = "abcd".Select(name => new NamedUpstream(name)).ToArray();
        using var web = new RawUpstream(connection => AnswerAsync(connection, "d0"), Token);
        using var web1 = new RawUpstream(connection => AnswerAsync(connection, "d1"), Token);
        using var web2 = new RawUpstream(connection => AnswerAsync(connection, "d2"), Token);
        using var web3 = new RawUpstream(connection => AnswerAsync(connection, "d3"), Token);
        string[] addresses = [.. upstreams.Select(u => $"tcp://{u.EndPoint}")];
        var configuration = new DaemonConfiguration();
        configuration.Cluster("sticky", addresses);
        configuration.Extend("sticky", """{ "LoadBalancingPolicy": "SourceHash" }""");
        configuration.Cluster("web", [.. new[] { web, web1, web2, web3 }.Select(u => u.Address.ToString())]);
        configuration.Extend("web", """{ "LoadBalancingPolicy": "SourceHash" }""");
        configuration.Route("web", "{**path}", "web");
        var relay = configuration.Listen("sticky", "tcp", "sticky");
        var http = configuration.Listen("web", "http");
        await using var daemon = await DaemonProcess.StartAsync(configuration);
        IPAddress[] clients = [.. Enumerable.Range(1, 40).Select(i => new IPAddress([127, 0, 1, (byte)i]))];

        var first = new Dictionary<IPAddress, char>();
        foreach (IPAddress client in clients)
        {
            first[client] = await NameAsync(relay, client);
            Assert.Equal(first[client], await NameAsync(relay, client));
            Assert.Equal($"d{first[client] - 'a'}", await BodyAsync(http, client)); // layer 7 thinks the same
        }

        Assert.Equal(4, first.Values.Distinct().Count());

        configuration.Cluster("sticky", addresses[..3]); // d3 goes
        configuration.Extend("sticky", """{ "LoadBalancingPolicy": "SourceHash" }""");
        await daemon.WriteConfigurationAsync(configuration.ToString());
        await daemon.SignalAsync("HUP");
        await daemon.SaysAsync(" reloaded");
        foreach (IPAddress client in clients)
        {
            char now = await NameAsync(relay, client);
            Assert.True(now == first[client] || (first[client] == 'd' && now != 'd'), $"{client}: {first[client]} -> {now}");
        }

        Array.ForEach(upstreams, upstream => upstream.Dispose());
    }

    private static async Task KillAndRestartAsync(DaemonProcess daemon, Load load, NamedUpstream a, IPEndPoint relay)
    {
        var held = await HoldUntilBothAsync(relay);
        using Socket cut = held['a'];
        using Socket kept = held['b'];
        await Until.TrueAsync(() => load.Of('a') > 50 && load.Of('b') > 50, what: "load on both");

        load.Life = 1; // connections that begin from here on find it dying
        a.Kill();
        load.Life = 2;
        await AssertEndedAsync(cut);
        await EchoAsync(kept);
        await DestinationIsAsync(daemon, "d0", available: false);
        long before = load.Of('b');
        await Until.TrueAsync(() => load.Of('b') > before + 200, what: "the other to take the load");
        Assert.InRange((long)(await daemon.DestinationAsync("pair", "d0"))["failures"]!, 1, 1000);

        a.Start();
        long lives = load.Of('a');
        await Until.TrueAsync(() => load.Of('a') > lives + 50, TimeSpan.FromSeconds(30), "it to come back by itself");
        await DestinationIsAsync(daemon, "d0", available: true);
        await EchoAsync(kept);
    }

    private static async Task AnswerAsync(RawConnection connection, string body)
    {
        while (await connection.ReadHeadAsync() is not null)
        {
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }
    }

    private async Task<string> BodyAsync(IPEndPoint listener, IPAddress from)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(listener, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        return await client.GetStringAsync($"http://{listener}/", Token);
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound and not listening: refuses
        return socket;
    }

    private static async Task<Dictionary<char, Socket>> HoldUntilBothAsync(IPEndPoint relay)
    {
        var held = new Dictionary<char, Socket>();
        while (held.Count < 2)
        {
            Socket socket = await relay.ConnectAsync();
            byte[] name = new byte[1];
            await socket.ReceiveExactlyAsync(name);
            if (!held.TryAdd((char)name[0], socket))
            {
                socket.Dispose();
            }
        }

        return held;
    }

    private static async Task<char> NameAsync(IPEndPoint relay, IPAddress? from = null)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
        await socket.ConnectAsync(relay);
        byte[] name = new byte[1];
        await socket.ReceiveExactlyAsync(name).WaitAsync(TimeSpan.FromSeconds(20));
        return (char)name[0];
    }

    private static async Task EchoAsync(Socket socket)
    {
        byte[] one = [7];
        await socket.SendAllAsync(one);
        await socket.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task AssertEndedAsync(Socket socket)
    {
        try
        {
            Assert.Empty(await socket.ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset)
        {
        }
    }

    private static Task DestinationIsAsync(DaemonProcess daemon, string id, bool available) => Until.TrueAsync(
        async () => (bool)(await daemon.DestinationAsync("pair", id))["available"]! == available,
        what: $"{id} to be available: {available}");

    /// <summary>Clients that connect, hear a name, and leave; each failure with the time of life at which it began.</summary>
    private sealed class Load(IPEndPoint relay)
    {
        private readonly ConcurrentDictionary<char, long> _served = [];
        private int _life;

        public int Life
        {
            get => Volatile.Read(ref _life);
            set => Volatile.Write(ref _life, value);
        }

        public ConcurrentBag<int> Failed { get; } = [];

        public long Of(char name) => _served.GetValueOrDefault(name);

        public async Task RunAsync(CancellationToken over)
        {
            while (!over.IsCancellationRequested)
            {
                int began = Life;
                try
                {
                    char name = await NameAsync(relay);
                    _served.AddOrUpdate(name, 1, (_, count) => count + 1);
                }
                catch (Exception failed) when (failed is SocketException or TimeoutException or Xunit.Sdk.XunitException)
                {
                    Failed.Add(began == Life ? began : 1);
                }
            }
        }
    }
}
