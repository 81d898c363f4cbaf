using EdgeGate.Native.Sockets;

namespace EdgeGate.Transport;

/// <summary>
/// The pipes of one loop, for bulk traffic that need not pass through this process. Few and bounded, because each takes
/// two descriptors and kernel memory: a pipe is lent for as long as it holds bytes, and whoever finds none copies. Used
/// on the loop's own thread, without a lock.
/// </summary>
public sealed class SplicePipePool : IDisposable
{
    /// <summary>Pipes that one loop opens at most.</summary>
    public const int MaxPipes = 16;

    /// <summary>Descriptors that one loop's pipes take at most.</summary>
    public const int MaxDescriptors = 2 * MaxPipes;

    // Larger moves cost less each: CPU per KB falls until here, and pipe-max-size allows 1 MiB to everybody.
    private const int WantedBytes = 256 * 1024;
    private const int MinimumBytes = 64 * 1024;

    private readonly Stack<SplicePipe> _free = new(MaxPipes);
    private int _open;

    /// <summary>Pipes that are open, lent or not.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Lends an empty pipe; null if there is none.</summary>
    public SplicePipe? TryRent()
    {
        if (_free.TryPop(out SplicePipe? pipe))
        {
            return pipe;
        }

        if (_open == MaxPipes || SplicePipe.TryOpen(MinimumBytes, WantedBytes) is not { } opened)
        {
            return null;
        }

        _open++;
        return opened;
    }

    /// <summary>Takes a pipe back; one that still holds bytes is closed, since they are nobody else's.</summary>
    public void Return(SplicePipe pipe)
    {
        if (pipe.Length == 0)
        {
            _free.Push(pipe);
            return;
        }

        _open--;
        pipe.Dispose();
    }

    /// <summary>Closes those that are not lent.</summary>
    public void Dispose()
    {
        while (_free.TryPop(out SplicePipe? pipe))
        {
            _open--;
            pipe.Dispose();
        }
    }
}
