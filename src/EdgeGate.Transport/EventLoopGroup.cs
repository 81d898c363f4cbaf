using EdgeGate.Native.Polling;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Transport;

/// <summary>All event loops of the process: started together, stopped together, loaded evenly.</summary>
public sealed class EventLoopGroup : IAsyncDisposable
{
    private int _lastListener = -1;

    /// <summary>Starts the loops.</summary>
    /// <param name="count">How many; null is one for each processor that the process may use.</param>
    /// <param name="poller">Which poller they wait on.</param>
    /// <param name="log">Where a dying loop says so.</param>
    public EventLoopGroup(int? count, PollerKind poller, ILogger<EventLoop> log)
    {
        var loops = new EventLoop[count ?? Environment.ProcessorCount];
        for (int i = 0; i < loops.Length; i++)
        {
            loops[i] = new EventLoop(i, poller, log);
        }

        foreach (EventLoop loop in loops)
        {
            loop.Start();
        }

        Loops = loops;
    }

    /// <summary>The loops, by index.</summary>
    public IReadOnlyList<EventLoop> Loops { get; }

    /// <summary>The loop that the next listener lives on: each in turn.</summary>
    internal EventLoop NextForListener() => Loops[(int)((uint)Interlocked.Increment(ref _lastListener) % Loops.Count)];

    /// <summary>
    /// The loop with the fewest connections; of equals the preferred one, which saves handing the socket over. Going by
    /// count and not by chance keeps long-lived connections even for good.
    /// </summary>
    public EventLoop LeastLoaded(EventLoop preferred)
    {
        EventLoop best = preferred;
        int fewest = preferred.Connections;
        for (int i = 0; i < Loops.Count; i++)
        {
            int connections = Loops[i].Connections;
            if (connections < fewest)
            {
                fewest = connections;
                best = Loops[i];
            }
        }

        return best;
    }

    /// <summary>Has every loop leave the buffers to the collector that it keeps for later.</summary>
    public Task TrimBuffersAsync() => Task.WhenAll(Loops.Select(loop =>
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(
            _ =>
            {
                loop.Buffers.Clear();
                done.SetResult();
            },
            null);
        return done.Task;
    }));

    /// <summary>Resets what is left and ends the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        // Everywhere first, and then the end: a listener that lives on must not hand sockets to a loop that has ended.
        await Task.WhenAll(Loops.Select(loop => loop.CloseSocketsAsync())).ConfigureAwait(false);
        await Task.WhenAll(Loops.Select(loop => loop.StopAsync())).ConfigureAwait(false);
    }
}
