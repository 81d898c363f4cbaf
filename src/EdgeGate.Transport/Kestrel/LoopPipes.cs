using System.Buffers;
using System.IO.Pipelines;

namespace EdgeGate.Transport.Kestrel;

/// <summary>
/// What the pipes of one loop's connections share. The transport's ends run on the loop, Kestrel's on the thread pool or
/// on the loop too; the thresholds are those of Kestrel's own transports, but for one.
/// </summary>
internal sealed class LoopPipes
{
    private const int BlockBytes = 4096;

    /// <summary>As many bytes wait for Kestrel before the socket is no longer read.</summary>
    internal const int InputPauseBytes = 1024 * 1024;

    /// <summary>As many bytes wait for the socket before Kestrel has to wait.</summary>
    internal const int OutputPauseBytes = 64 * 1024;

    /// <summary>
    /// The same where Kestrel runs on the loop: more than the 64 KiB that YARP copies in a piece, or it would have to wait
    /// after each one, before the loop could so much as try to send it.
    /// </summary>
    internal const int OnLoopOutputPauseBytes = 2 * OutputPauseBytes;

    internal LoopPipes(EventLoop loop, MemoryPool<byte> pool, bool onLoop)
    {
        Pool = pool;
        var transport = new LoopScheduler(loop);
        PipeScheduler kestrel = onLoop ? PipeScheduler.Inline : PipeScheduler.ThreadPool;
        Input = new PipeOptions(
            pool, kestrel, transport, InputPauseBytes, InputPauseBytes / 2, BlockBytes, useSynchronizationContext: false);
        int pause = onLoop ? OnLoopOutputPauseBytes : OutputPauseBytes;
        Output = new PipeOptions(
            pool, transport, kestrel, pause, pause / 2, BlockBytes, useSynchronizationContext: false);
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
