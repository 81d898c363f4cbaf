using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeGate.Benchmarks.Comparison;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Report;
using EdgeGate.Benchmarks.Comparison.Upstream;

namespace EdgeGate.Benchmarks.Observation;

/// <summary>
/// What it costs to be seen: CPU time a request the more is told of it, and of a list of ten thousand connections under
/// load.
/// </summary>
internal sealed class ObserveCommand : IDisposable
{
    internal const string Usage = "observe [REPETITIONS]";

    private const int Busy = 64;
    private const int IdleHttp = 8400;
    private const int IdleFlows = 1536;
    private const int Lists = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(4);

    private readonly UpstreamPorts _ports = UpstreamPorts.Free();
    private readonly string _program = Path.Combine(AppContext.BaseDirectory, "edgegate.dll");
    private readonly ChildProcess _upstream;
    private readonly int _repetitions;

    private ObserveCommand(int repetitions)
    {
        _repetitions = repetitions;
        _upstream = new ChildProcess(ChildProcess.Self(
            UpstreamServer.Command, _ports.Echo, _ports.Source, _ports.Http, _ports.Datagrams, _ports.Counter));
        _upstream.WaitUntilListening(_ports.Http);
    }

    internal static async Task<int> RunAsync(int repetitions)
    {
        using var command = new ObserveCommand(repetitions);
        await command.CompareAsync();
        await command.ListAsync();
        return 0;
    }

    public void Dispose() => _upstream.Dispose();

    private async Task CompareAsync()
    {
        ObservedPeer[] peers = [.. Enum.GetValues<Observed>().Select(extent => new ObservedPeer(_program, _ports, extent))];
        List<double>[] results = [.. peers.Select(_ => new List<double>())];
        try
        {
            foreach (ObservedPeer peer in peers)
            {
                peer.Start();
                _ = await RequestsAsync(peer, WarmUp);
            }

            for (int i = 0; i < _repetitions; i++)
            {
                for (int j = 0; j < peers.Length; j++)
                {
                    int turn = (i + j) % peers.Length; // each begins a round in its turn
                    results[turn].Add(await RequestsAsync(peers[turn], Window));
                }
            }
        }
        finally
        {
            Array.ForEach(peers, peer => peer.Dispose());
        }

        foreach (var (peer, values) in peers.Zip(results))
        {
            double ratio = Result.Median([.. values.Zip(results[0], (seen, unseen) => seen / unseen)]);
            Say($"HTTP/1.1, small GET, {Busy} connections, {peer.Name}: CPU µs a request {Result.Median([.. values]):F1}, "
                + $"{ratio:F3} times as much as unseen (median of {_repetitions} rounds)");
        }
    }

    /// <summary>CPU microseconds a request.</summary>
    private static async Task<double> RequestsAsync(ObservedPeer peer, TimeSpan duration)
    {
        await using AdminReader? reader = peer.IsRead
            ? new AdminReader(peer.Page("/metrics"), peer.Page("/connections?limit=50"))
            : null;
        return await Task.Run(() =>
        {
            using var load = new ClientLoad(peer.HttpPort, Exchange.Get);
            load.Grow(Busy);
            ProcessUsage before = ProcessUsage.Of(peer.ProcessId);
            long requests = load.RunFor(duration);
            return (ProcessUsage.Of(peer.ProcessId) - before).Seconds * 1e6 / requests;
        });
    }

    private async Task ListAsync()
    {
        using var peer = new ObservedPeer(_program, _ports, Observed.Not);
        peer.Start();
        using var idle = new ClientLoad(peer.HttpPort, Exchange.Get);
        idle.Grow(IdleHttp);
        Socket[] flows = [.. Enumerable.Range(0, IdleFlows).Select(_ => Flow(peer.DatagramPort!.Value))];
        using var load = new ClientLoad(peer.EchoPort!.Value, Exchange.Ping);
        load.Grow(Busy);
        load.RunFor(WarmUp);
        await SayCostOfListAsync(peer);

        var ratios = new List<double>();
        for (int i = 0; i < _repetitions; i++)
        {
            bool first = i % 2 == 0;
            double one = await ThroughputAsync(peer, load, first);
            double other = await ThroughputAsync(peer, load, !first);
            ratios.Add(first ? one / other : other / one);
        }

        Say($"relayed requests a second while all {IdleHttp + IdleFlows + Busy} connections are listed each second, over those "
            + $"while nobody lists: median of {_repetitions} pairs {Result.Median([.. ratios]):F3} "
            + $"({string.Join(' ', ratios.Select(r => r.ToString("F3", CultureInfo.InvariantCulture)))})");
        Array.ForEach(flows, flow => flow.Dispose());
    }

    private static async Task SayCostOfListAsync(ObservedPeer peer)
    {
        using var client = new HttpClient();
        int bytes = (await client.GetByteArrayAsync(peer.Page("/connections"))).Length;
        for (int i = 0; i < Lists; i++)
        {
            await client.GetByteArrayAsync(peer.Page("/connections")); // compiled again, as hot
        }

        ProcessUsage before = ProcessUsage.Of(peer.ProcessId);
        for (int i = 0; i < Lists; i++)
        {
            await client.GetByteArrayAsync(peer.Page("/connections"));
        }

        double each = (ProcessUsage.Of(peer.ProcessId) - before).Seconds / Lists;
        Say($"one list of {IdleHttp + IdleFlows + Busy} connections, {bytes / 1e6:F1} MB of JSON: {each * 1e3:F1} ms of CPU time, "
            + $"once a second {each / Environment.ProcessorCount:P2} of this machine's {Environment.ProcessorCount} processors");
    }

    private static async Task<double> ThroughputAsync(ObservedPeer peer, ClientLoad load, bool listed)
    {
        await using AdminReader? reader = listed ? new AdminReader(peer.Page("/connections")) : null;
        long began = Stopwatch.GetTimestamp();
        long requests = await Task.Run(() => load.RunFor(Window));
        return requests / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static Socket Flow(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, port);
        socket.Send(new byte[100]);
        return socket;
    }

    private static void Say(string text) => Console.WriteLine(text);
}
