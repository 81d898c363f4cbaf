using System.Diagnostics;
using System.Runtime.InteropServices;
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
    private readonly Workload[] _workloads;
    private readonly PeerSet _set;
    private readonly CancellationTokenSource _interrupted = new();
    private readonly List<Result> _results = [];

    private CompareCommand(ComparisonOptions options)
    {
        _options = options;
        _workloads = options.SelectWorkloads();
        _set = new PeerSet(options);
    }

    /// <summary>Runs it: 0 if all was measured, 1 if not.</summary>
    internal static int Run(ComparisonOptions options)
    {
        using var command = new CompareCommand(options);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, command.Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, command.Interrupt);
        try
        {
            return command.Run() ? 0 : 1;
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

    private bool Run()
    {
        var machine = Machine.Describe(_set, _options);
        Console.WriteLine(Markdown.Head(machine));
        long began = Stopwatch.GetTimestamp();
        foreach (IGrouping<string, Workload> group in _workloads.GroupBy(workload => workload.Group))
        {
            try
            {
                foreach (Workload workload in group)
                {
                    Result result = Measure(workload);
                    _results.Add(result);
                    Console.WriteLine(Markdown.Table(result));
                }
            }
            finally
            {
                StopAll();
            }
        }

        var run = new RunReport(machine, _options, Stopwatch.GetElapsedTime(began), _results);
        ResultsFolder.Write(run);
        return _results.All(result => result.Failures.Count == 0);
    }

    private Result Measure(Workload workload)
    {
        if (workload.Needs is { Path: null } tool)
        {
            return new Result(workload, []) { Lacks = $"the package {tool.Package} is not installed" };
        }

        Console.WriteLine($"[{_results.Count + 1}/{_workloads.Length}] {workload.Id}");
        Peer[] peers = [.. _set.Peers.Where(workload.Suits)];
        var result = new Result(workload, [.. peers.Select(peer => peer.Name)]);
        foreach (Peer peer in workload.StartsPeers ? [] : peers)
        {
            Step(result, peer, () =>
            {
                if (!peer.IsRunning)
                {
                    peer.Start();
                }

                workload.WarmUp(peer);
            });
        }

        Peer[] warm = [.. peers.Where(peer => !result.HasFailed(peer.Name))];
        if (warm.Length > 0)
        {
            result.Note = workload.Note;
            Repeat(workload, warm, result);
        }

        return result;
    }

    private void Repeat(Workload workload, Peer[] peers, Result result)
    {
        var load = new LoadWatch(_set.UpstreamProcessId);
        for (int i = 0; i < _options.Repetitions; i++)
        {
            // Each begins a round in its turn: what comes first or last may find another machine.
            int first = i % peers.Length;
            foreach (Peer peer in peers[first..].Concat(peers[..first]).Where(peer => !result.HasFailed(peer.Name)))
            {
                Step(result, peer, () => result.Add(peer.Name, load.Watch(() => workload.Measure(peer))));
                if (workload.StartsPeers)
                {
                    peer.Stop();
                }
            }
        }

        result.UpstreamBusiest = load.UpstreamBusiest;
    }

    /// <summary>What a proxy fails at is said and left out; the others, and its other work, go on.</summary>
    private void Step(Result result, Peer peer, Action action)
    {
        _interrupted.Token.ThrowIfCancellationRequested();
        try
        {
            action();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Console.WriteLine($"FAILED: {peer.Name}: {e.Message}\n{peer.LastLines}");
            result.Fail(peer.Name, e.Message);
            peer.Stop();
        }
    }

    private void StopAll()
    {
        foreach (Peer peer in _set.Peers)
        {
            peer.Stop();
        }
    }

    // Children are ended and folders deleted on the way out, so the signal itself must not end the process.
    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        _interrupted.Cancel();
    }
}
