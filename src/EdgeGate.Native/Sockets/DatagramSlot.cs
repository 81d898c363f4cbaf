using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>What a <see cref="DatagramBatch"/> keeps for each of its datagrams beside the bytes.</summary>
internal unsafe struct DatagramSlot
{
    /// <summary>Where the bytes lie, and how many there are, or may be.</summary>
    internal IoVec Vector;

    /// <summary>The peer's sockaddr.</summary>
    internal fixed byte Name[SocketAddressBytes.Ipv6Size];

    /// <summary>The address of this machine that it was sent to; zeros where that is not known.</summary>
    internal fixed byte Local[ControlData.LocalBytes];

    /// <summary>Control data, received and then sent.</summary>
    internal fixed byte Control[ControlData.MaxBytes];

    /// <summary>The size of each datagram where the kernel has put several into one; else 0.</summary>
    internal int SegmentBytes;
}
