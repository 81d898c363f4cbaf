using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>
/// Datagrams that are received with one system call and sent on with another, from the memory that they were received
/// in: recvmmsg(2), sendmmsg(2). Boundaries stay what they were: where the kernel hands several over as one (UDP_GRO),
/// they are given back to it with the size of each (UDP_SEGMENT), and so are those of one length that are queued one
/// after the other for one peer: they go through the kernel together and leave it apart. Where it refuses that, they
/// are sent one by one.
/// </summary>
/// <remarks>
/// All memory is there from the beginning, outside the collector's heap, where pages cost nothing until a datagram comes
/// that is long enough for them. A batch belongs to one thread. Received datagrams are numbered from 0 until <see cref="Clear"/>.
/// </remarks>
public sealed unsafe partial class DatagramBatch
{
    /// <summary>Room for the longest datagram, and for what UDP_GRO makes of many, in bytes.</summary>
    public const int MaxDatagramBytes = 64 * 1024;

    // A little more than a power of two, or the beginnings of all datagrams would compete for the same cache lines.
    private const int Stride = MaxDatagramBytes + (5 * 64);

    // What the pointers point into, pinned.
    private readonly DatagramSlot[] _slotMemory;
    private readonly MMsgHdr[] _headerMemory;
    private readonly IoVec[] _vectorMemory;
    private readonly int[] _segmentBytes; // of each queued message; 0 where it is one datagram
    private readonly byte* _bytes;
    private readonly DatagramSlot* _slots;
    private readonly MMsgHdr* _received;
    private readonly MMsgHdr* _queue;
    private readonly IoVec* _vectors;
    private readonly bool _named;
    private readonly bool _oneByOne;
    private int _firstReady; // from here on, the headers wait for datagrams and need not be written again

    /// <param name="capacity">How many datagrams it holds.</param>
    /// <param name="named">Whether the peers' addresses are asked for: on a connected socket they are known.</param>
    public DatagramBatch(int capacity, bool named)
        : this(capacity, named, !OperatingSystem.IsLinux())
    {
    }

    /// <param name="capacity">How many datagrams it holds.</param>
    /// <param name="named">Whether the peers' addresses are asked for.</param>
    /// <param name="oneByOne">Whether to call once for each datagram, as where the system has no other way.</param>
    internal DatagramBatch(int capacity, bool named, bool oneByOne)
    {
        Capacity = _firstReady = capacity;
        _named = named;
        _oneByOne = oneByOne;
        _slotMemory = GC.AllocateArray<DatagramSlot>(capacity, pinned: true);
        _headerMemory = GC.AllocateArray<MMsgHdr>(2 * capacity, pinned: true);
        _vectorMemory = GC.AllocateArray<IoVec>(capacity, pinned: true);
        _segmentBytes = new int[capacity];
        _bytes = (byte*)NativeMemory.Alloc((nuint)capacity, Stride);
        _slots = (DatagramSlot*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_slotMemory));
        _received = (MMsgHdr*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_headerMemory));
        _queue = _received + capacity;
        _vectors = (IoVec*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_vectorMemory));
    }

    /// <summary>Frees the memory; nobody has the batch any more.</summary>
    ~DatagramBatch() => NativeMemory.Free(_bytes);

    /// <summary>How many datagrams it holds.</summary>
    public int Capacity { get; }

    /// <summary>How many were received since <see cref="Clear"/>; segmented ones count once.</summary>
    public int Count { get; private set; }

    /// <summary>How many messages are queued and not yet sent; several datagrams for one peer may be one message.</summary>
    public int Pending => _queued - _head;

    /// <summary>
    /// How many datagrams the socket that was read last has dropped in its life because its receive buffer was full, as
    /// far as datagrams have told (<see cref="SocketOptions.SetReceiveOverflows"/>).
    /// </summary>
    public uint Overflows { get; private set; }

    /// <summary>Forgets what was received and what was queued.</summary>
    public void Clear() => Count = _queued = _queuedVectors = _head = 0;

    /// <summary>Receives what is there, as far as there is room.</summary>
    /// <param name="descriptor">A datagram socket.</param>
    /// <returns>How many came. Fewer than there was room for means that there were no more.</returns>
    public SysResult Receive(Descriptor descriptor)
    {
        for (int i = Count; i < _firstReady; i++)
        {
            Prepare(i);
        }

        SysResult result = ReceiveMany(descriptor, _received + Count, Capacity - Count);
        for (int i = Count; i < Count + result.Value; i++)
        {
            Take(i);
        }

        Count += result.Value;
        _firstReady = Count;
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>The bytes of a datagram, for as long as somebody has the batch and does not use it otherwise.</summary>
    public ReadOnlySpan<byte> BytesOf(int index) => new(_slots[index].Vector.Base, LengthOf(index));

    /// <summary>How many bytes it has; of a segmented one, all together.</summary>
    public int LengthOf(int index) => (int)_slots[index].Vector.Length;

    /// <summary>The size of each datagram in it where the kernel has put several together; else 0.</summary>
    public int SegmentOf(int index) => _slots[index].SegmentBytes;

    /// <summary>Between whom it goes; only where the address was asked for.</summary>
    public DatagramPath PathOf(int index) => new(
        new ReadOnlySpan<byte>(_slots[index].Name, (int)_received[index].Header.NameLength),
        new ReadOnlySpan<byte>(_slots[index].Local, ControlData.LocalBytes));

    private void Prepare(int index)
    {
        DatagramSlot* slot = _slots + index;
        slot->Vector.Base = _bytes + ((nint)index * Stride);
        slot->Vector.Length = MaxDatagramBytes;
        MsgHdr* header = &_received[index].Header;
        header->Name = _named ? slot->Name : null;
        header->NameLength = _named ? (uint)SocketAddressBytes.Ipv6Size : 0;
        header->Vectors = &slot->Vector;
        header->VectorCount = 1;
        header->Control = OperatingSystem.IsLinux() ? slot->Control : null;
        header->ControlLength = OperatingSystem.IsLinux() ? (nuint)ControlData.MaxBytes : 0;
    }

    private void Take(int index)
    {
        DatagramSlot* slot = _slots + index;
        slot->Vector.Length = _received[index].Length;
        slot->SegmentBytes = 0;
        var local = new Span<byte>(slot->Local, ControlData.LocalBytes);
        local.Clear();
        int length = (int)_received[index].Header.ControlLength;
        if (length == 0)
        {
            return;
        }

        ControlData control = ControlData.Read(new ReadOnlySpan<byte>(slot->Control, length), local);
        slot->SegmentBytes = control.SegmentBytes < (int)_received[index].Length ? control.SegmentBytes : 0;
        Overflows = control.Overflows > 0 ? control.Overflows : Overflows;
    }

    private SysResult ReceiveMany(Descriptor descriptor, MMsgHdr* messages, int count)
    {
        if (_oneByOne)
        {
            return OneByOne(descriptor, messages, count, &ReceiveOne);
        }

        SysResult result = SysResult.From(Libc.recvmmsg(descriptor.Number, messages, (uint)count, 0, null));
        return result.Error == Errno.EINTR
            ? SysResult.From(Libc.recvmmsg(descriptor.Number, messages, (uint)count, 0, null))
            : result;
    }

    private SysResult SendMany(Descriptor descriptor, MMsgHdr* messages, int count)
    {
        int flags = SocketConstants.MSG_NOSIGNAL;
        if (_oneByOne)
        {
            return OneByOne(descriptor, messages, count, &SendOne);
        }

        SysResult result = SysResult.From(Libc.sendmmsg(descriptor.Number, messages, (uint)count, flags));
        return result.Error == Errno.EINTR
            ? SysResult.From(Libc.sendmmsg(descriptor.Number, messages, (uint)count, flags))
            : result;
    }

    private static nint ReceiveOne(int descriptor, MsgHdr* message) => Libc.recvmsg(descriptor, message, 0);

    private static nint SendOne(int descriptor, MsgHdr* message) =>
        Libc.sendmsg(descriptor, message, SocketConstants.MSG_NOSIGNAL);

    /// <summary>Where the system has no call for many: like one that stops at the first error.</summary>
    private static SysResult OneByOne(
        Descriptor descriptor, MMsgHdr* messages, int count, delegate*<int, MsgHdr*, nint> call)
    {
        for (int i = 0; i < count; i++)
        {
            SysResult result;
            do
            {
                result = SysResult.From(call(descriptor.Number, &messages[i].Header));
            }
            while (result.Error == Errno.EINTR);

            if (result.Failed)
            {
                return i > 0 ? SysResult.From(i) : result;
            }

            messages[i].Length = (uint)result.Value;
        }

        return SysResult.From(count);
    }
}
