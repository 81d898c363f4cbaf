using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>
/// A buffer in the kernel that takes a socket's bytes and gives them to another without their being copied to this
/// process and back: splice(2). Linux only; used on one thread.
/// </summary>
public sealed unsafe class SplicePipe : IDisposable
{
    private const uint Flags = Libc.SPLICE_F_MOVE | Libc.SPLICE_F_NONBLOCK;

    private readonly OwnedDescriptor _out;
    private readonly OwnedDescriptor _in;
    private readonly int _capacity;

    private SplicePipe(OwnedDescriptor output, OwnedDescriptor input, int capacity)
    {
        _out = output;
        _in = input;
        _capacity = capacity;
    }

    /// <summary>Bytes that it holds.</summary>
    public int Length { get; private set; }

    /// <summary>Opens a pipe, or returns null where there is none to be had that is as large.</summary>
    /// <param name="minimumBytes">
    /// Less is worth nothing: the kernel makes pipes of one or two pages once a user has too many (pipe(7),
    /// pipe-user-pages-soft).
    /// </param>
    /// <param name="wantedBytes">What is asked for; the kernel's own size stands if it grants less.</param>
    public static SplicePipe? TryOpen(int minimumBytes, int wantedBytes)
    {
        int* pair = stackalloc int[2];
        if (!OperatingSystem.IsLinux() || Libc.pipe2(pair, SocketConstants.O_NONBLOCK | SocketConstants.O_CLOEXEC) != 0)
        {
            return null;
        }

        var output = new OwnedDescriptor(pair[0]);
        var input = new OwnedDescriptor(pair[1]);
        _ = Libc.fcntl(pair[1], Libc.F_SETPIPE_SZ, wantedBytes);
        int capacity = Libc.fcntl(pair[1], Libc.F_GETPIPE_SZ, 0);
        var pipe = new SplicePipe(output, input, capacity);
        if (capacity < minimumBytes)
        {
            pipe.Dispose();
            return null;
        }

        return pipe;
    }

    /// <summary>
    /// Takes what a stream socket has; only while the pipe is empty, for otherwise EAGAIN would not tell an empty socket
    /// from a full pipe.
    /// </summary>
    /// <returns>Bytes taken; 0 at the end of the stream; EINVAL if this kind of socket cannot be spliced.</returns>
    public SysResult Fill(Descriptor source)
    {
        SysResult moved = Move(source, _in.Descriptor, _capacity);
        if (!moved.Failed)
        {
            Length += moved.Value;
        }

        return moved;
    }

    /// <summary>
    /// Gives a stream socket what it takes. A peer that is gone raises SIGPIPE, which the runtime ignores in every
    /// process: splice(2) has no flag against it.
    /// </summary>
    /// <returns>Bytes given; EAGAIN once the socket is full.</returns>
    public SysResult Drain(Descriptor sink)
    {
        SysResult moved = Move(_out.Descriptor, sink, Length);
        if (!moved.Failed)
        {
            Length -= moved.Value;
        }

        return moved;
    }

    /// <summary>Closes it; what it holds is lost.</summary>
    public void Dispose()
    {
        _out.Dispose();
        _in.Dispose();
    }

    private static SysResult Move(Descriptor from, Descriptor to, int bytes)
    {
        SysResult result = SysResult.From(Libc.splice(from.Number, null, to.Number, null, (nuint)bytes, Flags));
        return result.Error == Errno.EINTR
            ? SysResult.From(Libc.splice(from.Number, null, to.Number, null, (nuint)bytes, Flags))
            : result;
    }
}
