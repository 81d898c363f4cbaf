using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>
/// The system calls of the hot path, on a descriptor that its event loop owns. All are non-blocking; EINTR is retried
/// here and nowhere else.
/// </summary>
public static unsafe class SocketIO
{
    /// <summary>How many pieces one <see cref="SendGathered"/> passes to the kernel at most.</summary>
    public const int MaxPieces = 32;

    [InlineArray(MaxPieces)]
    private struct Pins
    {
        private MemoryHandle _first;
    }

    /// <summary>Reads what is there: recv(2).</summary>
    /// <returns>Bytes read; 0 at the end of the stream.</returns>
    public static SysResult Receive(Descriptor descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            SysResult result = SysResult.From(Libc.recv(descriptor.Number, start, (nuint)buffer.Length, 0));
            return result.Error == Errno.EINTR
                ? SysResult.From(Libc.recv(descriptor.Number, start, (nuint)buffer.Length, 0))
                : result;
        }
    }

    /// <summary>Looks whether there is something to read, and leaves it there: recv(2), MSG_PEEK.</summary>
    /// <returns>1 if there is; 0 at the end of the stream.</returns>
    public static SysResult Peek(Descriptor descriptor)
    {
        byte first;
        SysResult result = SysResult.From(Libc.recv(descriptor.Number, &first, 1, SocketConstants.MSG_PEEK));
        return result.Error == Errno.EINTR
            ? SysResult.From(Libc.recv(descriptor.Number, &first, 1, SocketConstants.MSG_PEEK))
            : result;
    }

    /// <summary>Writes what the kernel takes: send(2), never raising SIGPIPE.</summary>
    /// <returns>Bytes taken, at most the buffer's length.</returns>
    public static SysResult Send(Descriptor descriptor, ReadOnlySpan<byte> buffer)
    {
        int flags = SocketConstants.MSG_NOSIGNAL;
        fixed (byte* start = buffer)
        {
            SysResult result = SysResult.From(Libc.send(descriptor.Number, start, (nuint)buffer.Length, flags));
            return result.Error == Errno.EINTR
                ? SysResult.From(Libc.send(descriptor.Number, start, (nuint)buffer.Length, flags))
                : result;
        }
    }

    /// <summary>Writes the first <see cref="MaxPieces"/> pieces of a sequence in one call: sendmsg(2).</summary>
    /// <returns>Bytes taken, over all pieces.</returns>
    public static SysResult SendGathered(Descriptor descriptor, in ReadOnlySequence<byte> buffers)
    {
        if (buffers.IsSingleSegment)
        {
            return Send(descriptor, buffers.FirstSpan);
        }

        IoVec* vectors = stackalloc IoVec[MaxPieces];
        var pins = default(Pins);
        int count = 0;
        try
        {
            foreach (ReadOnlyMemory<byte> piece in buffers)
            {
                if (count == MaxPieces)
                {
                    break;
                }

                if (!piece.IsEmpty)
                {
                    pins[count] = piece.Pin();
                    vectors[count].Base = pins[count].Pointer;
                    vectors[count++].Length = (nuint)piece.Length;
                }
            }

            var message = new MsgHdr { Vectors = vectors, VectorCount = (nuint)count };
            SysResult result = SysResult.From(
                Libc.sendmsg(descriptor.Number, &message, SocketConstants.MSG_NOSIGNAL));
            return result.Error == Errno.EINTR
                ? SysResult.From(Libc.sendmsg(descriptor.Number, &message, SocketConstants.MSG_NOSIGNAL))
                : result;
        }
        finally
        {
            for (int i = 0; i < count; i++)
            {
                pins[i].Dispose();
            }
        }
    }

    /// <summary>Takes one connection from a listener's queue, non-blocking and close-on-exec: accept4(2).</summary>
    /// <param name="listener">The listening descriptor.</param>
    /// <param name="remote">The peer's address; null where it has none.</param>
    /// <returns>The new descriptor, which the caller now owns.</returns>
    public static SysResult Accept(Descriptor listener, out IPEndPoint? remote)
    {
        byte* address = stackalloc byte[SocketAddressBytes.MaxSize];
        uint size = SocketAddressBytes.MaxSize;
        int flags = SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC;
        SysResult result;
        do
        {
            result = SysResult.From(flags != 0
                ? Libc.accept4(listener.Number, address, &size, flags)
                : Libc.accept(listener.Number, address, &size));
        }
        while (result.Error == Errno.EINTR);

        remote = null;
        if (!result.Failed)
        {
            remote = SocketAddressBytes.Read(
                new ReadOnlySpan<byte>(address, (int)Math.Min(size, SocketAddressBytes.MaxSize)));
            if (flags == 0)
            {
                SocketFactory.SetNonBlockingAndCloseOnExec(result.Value);
            }
        }

        return result;
    }

    /// <summary>
    /// Begins a connect(2). <see cref="Errno.EINPROGRESS"/> means that the descriptor turns writable when it ends, and
    /// that <see cref="SocketOptions.TakeError"/> then tells how.
    /// </summary>
    public static SysResult Connect(Descriptor descriptor, EndPoint remote)
    {
        byte* address = stackalloc byte[SocketAddressBytes.MaxSize];
        int size = SocketAddressBytes.Write(remote, new Span<byte>(address, SocketAddressBytes.MaxSize));
        SysResult result = SysResult.From(Libc.connect(descriptor.Number, address, (uint)size));

        // Interrupted, the connect goes on in the background like any other: connect(2).
        return result.Error == Errno.EINTR ? SysResult.Failure(Errno.EINPROGRESS) : result;
    }

    /// <summary>Sends a FIN: no more will be written, reading goes on. shutdown(2) with SHUT_WR.</summary>
    public static SysResult ShutdownWrite(Descriptor descriptor) =>
        SysResult.From(Libc.shutdown(descriptor.Number, SocketConstants.SHUT_WR));

    /// <summary>Closes a descriptor. The caller must own it and forget it.</summary>
    public static void Close(Descriptor descriptor) => _ = Libc.close(descriptor.Number);

    /// <summary>Closes a TCP connection with a reset: what is queued is thrown away. socket(7), SO_LINGER.</summary>
    public static void CloseWithReset(Descriptor descriptor)
    {
        SocketOptions.SetLingerZero(descriptor);
        Close(descriptor);
    }
}
