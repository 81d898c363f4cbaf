using System.Runtime.InteropServices;
using EdgeGate.Benchmarks.Comparison.Load;
using EdgeGate.Benchmarks.Comparison.Peers;
using EdgeGate.Benchmarks.Comparison.Report;
using EdgeGate.Benchmarks.Comparison.Workloads;

namespace EdgeGate.Benchmarks.Comparison;

/// <summary>
/// Proxies side by side in one run: real processes on loopback, taking turns, so that what disturbs the machine disturbs
/// them all.
/// </summary>
internal sealed class CompareCommand : IDisposable
{
    private readonly ComparisonOptions _options;
    private readonly PeerSet _set;
    private readonly CancellationTokenSource _interrupted = new();

    private CompareCommand(ComparisonOptions options)
    {
        _options = options;
        _set = new PeerSet(options.EdgeGate);
    }

    internal static int Run(ComparisonOptions options)
    {
        using var command = new CompareCommand(options);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, command.Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, command.Interrupt);
        try
        {
            command.Run();
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 1;
        }
    }

    public void Dispose()
    {
        _set.Dispose();
        _interrupted.Dispose();
    }

    private static Workload[] AllWorkloads() =>
    [
        new RelayExchanges(),
        new RelayBulk(),
        new DatagramExchanges(),
        new DatagramBurst(),
        new HttpExchanges(),
        new IdleConnections("TCP relays", Exchange.Ping, peer => peer.EchoPort),
        new IdleConnections("HTTP keep-alive", Exchange.Get, peer => peer.HttpPort),
        new IdleConnections("WebSockets", Exchange.Upgrade, peer => peer.HttpPort),
        new StartUp(),
    ];

    private void Run()
    {
        Console.WriteLine(Machine.Describe(_set, _options));
        var results = new List<Result>();
        foreach (Workload workload in AllWorkloads().Where(w => _options.Only is null || w.Group == _options.Only))
        {
            Result result = Run(workload);
            results.Add(result);
            Console.WriteLine(Markdown.Table(result));
        }

        if (_options.JsonFile is { } file)
        {
            JsonReport.Write(file, results);
        }
    }

    private Result Run(Workload workload)
    {
        Peer[] peers = [.. _set.Peers.Where(workload.Suits)];
        var result = new Result(workload.Name, workload.Figures, [.. peers.Select(peer => peer.Name)]);
        try
        {
            foreach (Peer peer in workload.StartsPeers ? [] : peers)
            {
                peer.Start();
                Step(peer, workload.WarmUp);
            }

            for (int i = 0; i < _options.Repetitions; i++)
            {
                // Each begins a round in its turn: what comes first or last may find another machine.
                int first = i % peers.Length;
                foreach (Peer peer in peers[first..].Concat(peers[..first]))
                {
                    Step(peer, each => result.Add(each.Name, workload.Measure(each)));
                    if (workload.StartsPeers)
                    {
                        peer.Stop();
                    }
                }
            }
        }
        finally
        {
            Array.ForEach(peers, peer => peer.Stop());
        }

        return result;
    }

    private void Step(Peer peer, Action<Peer> action)
    {
        _interrupted.Token.ThrowIfCancellationRequested();
        try
        {
            action(peer);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{peer.Name}: {e.Message}", e);
        }
    }

    // Children are ended and folders deleted on the way out, so the signal itself must not end the process.
    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        _interrupted.Cancel();
    }
}
