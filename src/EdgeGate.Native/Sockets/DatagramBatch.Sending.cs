using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <content>The queue of what is to be sent.</content>
public sealed unsafe partial class DatagramBatch
{
    // The kernel's own bounds: UDP_MAX_SEGMENTS, and the longest datagram less its headers.
    private const int MaxSegments = 64;
    private const int MaxSegmentedBytes = 65_000;

    private int _queued;
    private int _queuedVectors;
    private int _queuedBytes; // of the last message
    private DatagramPath _queuedPath; // of the last message
    private int _head;
    private bool _refusesSegments;

    /// <summary>Queues a datagram for the peer of a connected socket. Each is queued once.</summary>
    public void Enqueue(int index) => Enqueue(index, default, named: false);

    /// <summary>Queues a datagram for the peer of a path. Each is queued once.</summary>
    public void Enqueue(int index, in DatagramPath path) => Enqueue(index, path, named: true);

    /// <summary>Sends what is queued, as far as the kernel takes it.</summary>
    /// <returns>How many messages were sent. An error is that of the first one that is left.</returns>
    public SysResult Send(Descriptor descriptor)
    {
        if (_refusesSegments && _segmentBytes[_head] > 0)
        {
            return SendSegments(descriptor);
        }

        SysResult result = SendMany(descriptor, _queue + _head, Pending);
        if (result.Failed && _segmentBytes[_head] > 0 && MayBeOfSegments(result.Error))
        {
            return SendSegments(descriptor);
        }

        _head += result.Value;
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>Gives up the first message of those that are left.</summary>
    /// <returns>How many datagrams it is.</returns>
    public int Skip()
    {
        int count = 0;
        for (nuint i = 0; i < _queue[_head].Header.VectorCount; i++)
        {
            int length = (int)_queue[_head].Header.Vectors[i].Length;
            count += _segmentBytes[_head] == 0 ? 1 : (length + _segmentBytes[_head] - 1) / _segmentBytes[_head];
        }

        _head++;
        return count;
    }

    /// <summary>Has segmented datagrams sent one by one, as where the kernel cannot: for tests.</summary>
    internal void RefuseSegments() => _refusesSegments = true;

    private void Enqueue(int index, in DatagramPath path, bool named)
    {
        if (Joins(index, path))
        {
            Join(index);
            return;
        }

        DatagramSlot* slot = _slots + index;
        int name = named ? path.WriteName(new Span<byte>(slot->Name, SocketAddressBytes.Ipv6Size)) : 0;
        var control = new Span<byte>(slot->Control, ControlData.MaxBytes);
        int controlLength = named && path.HasLocal ? path.WriteLocal(control) : 0;
        MsgHdr* header = &_queue[_queued].Header;
        header->Name = name > 0 ? slot->Name : null;
        header->NameLength = (uint)name;
        header->Vectors = _vectors + _queuedVectors;
        header->VectorCount = 1;
        header->Control = controlLength > 0 ? slot->Control : null;
        header->ControlLength = (nuint)controlLength;
        _segmentBytes[_queued] = 0;
        if (slot->SegmentBytes > 0)
        {
            AddSegment(header, slot->Control, slot->SegmentBytes, _queued);
        }

        _vectors[_queuedVectors++] = slot->Vector;
        _queuedBytes = LengthOf(index);
        _queuedPath = path;
        _queued++;
    }

    /// <summary>
    /// Whether a datagram can go through the kernel together with those before it: they all have one length, and it is
    /// not longer; if it is shorter, it is the last.
    /// </summary>
    private bool Joins(int index, in DatagramPath path)
    {
        if (_queued == _head || !OperatingSystem.IsLinux())
        {
            return false;
        }

        MsgHdr* last = &_queue[_queued - 1].Header;
        nuint first = last->Vectors->Length;
        int length = LengthOf(index);
        bool ofOne = _segmentBytes[_queued - 1] == 0 || last->VectorCount > 1; // and not of what came together
        return length > 0 && (nuint)length <= first && ofOne && _slots[index].SegmentBytes == 0
            && last->VectorCount < MaxSegments && _queuedBytes + length <= MaxSegmentedBytes
            && last->Vectors[last->VectorCount - 1].Length == first && _queuedPath == path;
    }

    private void Join(int index)
    {
        MsgHdr* last = &_queue[_queued - 1].Header;
        if (last->VectorCount == 1)
        {
            AddSegment(last, _slots[index].Control, (int)last->Vectors->Length, _queued - 1);
        }

        _vectors[_queuedVectors++] = _slots[index].Vector;
        _queuedBytes += LengthOf(index);
        last->VectorCount++;
    }

    /// <summary>Adds the size of each datagram to the control data of a message.</summary>
    /// <param name="header">The message.</param>
    /// <param name="control">Where its control data goes if it has none yet.</param>
    /// <param name="segmentBytes">The size.</param>
    /// <param name="message">Its place in the queue.</param>
    private void AddSegment(MsgHdr* header, byte* control, int segmentBytes, int message)
    {
        header->Control = header->Control == null ? control : header->Control;
        var rest = new Span<byte>((byte*)header->Control + header->ControlLength, ControlData.SegmentSpace);
        header->ControlLength += (nuint)ControlData.WriteSegment(rest, segmentBytes);
        _segmentBytes[message] = segmentBytes;
    }

    // A device without checksums, a segment longer than the path takes, a kernel that does not know the option: udp(7).
    private static bool MayBeOfSegments(Errno error) =>
        error == Errno.EIO || error == Errno.EINVAL || error == Errno.EMSGSIZE || error == Errno.EOPNOTSUPP
        || error == Errno.ENOPROTOOPT;

    /// <summary>Sends the datagrams of the first message one by one; what has gone is not sent again.</summary>
    private SysResult SendSegments(Descriptor descriptor)
    {
        MsgHdr* head = &_queue[_head].Header;
        MMsgHdr one = _queue[_head];
        IoVec piece;
        one.Header.Vectors = &piece;
        one.Header.VectorCount = 1;
        one.Header.ControlLength -= (nuint)ControlData.SegmentSpace; // always the last
        if (one.Header.ControlLength == 0)
        {
            one.Header.Control = null;
        }

        while (head->VectorCount > 0)
        {
            IoVec* vector = head->Vectors;
            piece.Base = vector->Base;
            piece.Length = Math.Min(vector->Length, (nuint)_segmentBytes[_head]);
            SysResult sent = SendMany(descriptor, &one, 1);
            if (sent.Failed)
            {
                return sent;
            }

            vector->Base = (byte*)vector->Base + piece.Length;
            vector->Length -= piece.Length;
            if (vector->Length == 0)
            {
                head->Vectors++;
                head->VectorCount--;
            }
        }

        _head++;
        return SysResult.From(1);
    }
}
