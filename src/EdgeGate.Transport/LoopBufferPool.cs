namespace EdgeGate.Transport;

/// <summary>
/// The buffers of one loop: three sizes, last in first out, each shelf bounded. A buffer is rented only when there are
/// bytes that have to wait, and goes back when they are gone, so an idle connection holds none. Used on the loop's own
/// thread, without a lock.
/// </summary>
public sealed class LoopBufferPool
{
    /// <summary>The largest buffer, in bytes; also the size of the loop's own read buffer.</summary>
    public const int MaxBufferBytes = 64 * 1024;

    private static readonly int[] Sizes = [4 * 1024, 16 * 1024, MaxBufferBytes];

    private readonly Stack<byte[]>[] _shelves = [new(), new(), new()];
    private readonly int _maxShelfBytes;

    internal LoopBufferPool(int maxShelfBytes = 4 * 1024 * 1024) => _maxShelfBytes = maxShelfBytes;

    /// <summary>Rents the smallest buffer that holds as many bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MaxBufferBytes"/>.</exception>
    public byte[] Rent(int minimumBytes)
    {
        int shelf = ShelfFor(minimumBytes);
        return _shelves[shelf].TryPop(out byte[]? buffer)
            ? buffer
            : GC.AllocateUninitializedArray<byte>(Sizes[shelf]);
    }

    /// <summary>Takes a buffer back; a full shelf leaves it to the collector.</summary>
    /// <exception cref="ArgumentException">It is of no size that this pool gives out.</exception>
    public void Return(byte[] buffer)
    {
        int size = Array.IndexOf(Sizes, buffer.Length);
        if (size < 0)
        {
            throw new ArgumentException("a buffer that no loop gave out", nameof(buffer));
        }

        Stack<byte[]> shelf = _shelves[size];
        if ((shelf.Count + 1) * buffer.Length <= _maxShelfBytes)
        {
            shelf.Push(buffer);
        }
    }

    /// <summary>Leaves every buffer that nobody has rented to the collector.</summary>
    public void Clear() => Array.ForEach(_shelves, shelf => shelf.Clear());

    private static int ShelfFor(int bytes)
    {
        for (int i = 0; i < Sizes.Length; i++)
        {
            if (bytes <= Sizes[i])
            {
                return i;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "larger than the loop's read buffer");
    }
}
