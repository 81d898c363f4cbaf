using System.Runtime.InteropServices;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>The control data of Linux datagrams, cmsg(3): where they were sent to, and how they were put together.</summary>
internal ref struct ControlData
{
    /// <summary>Room for all that a datagram is asked to tell.</summary>
    internal const int MaxBytes = 128;

    internal const int LocalBytes = 16;

    // struct in_pktinfo: the interface, the local address, the address in the header; ip(7).
    internal const int Ipv4InfoBytes = 12;
    internal const int Ipv4InfoAddress = 4;

    // struct in6_pktinfo: the address, the interface; RFC 3542, section 6.
    internal const int Ipv6InfoBytes = 20;

    /// <summary>The size of each datagram in a segmented one; 0 where it is one datagram.</summary>
    internal int SegmentBytes;

    /// <summary>How many datagrams the socket has dropped since it was made; 0 where nothing was said.</summary>
    internal uint Overflows;

    /// <summary>Reads what the kernel wrote; unknown kinds are passed over.</summary>
    /// <param name="control">The control data, to its end.</param>
    /// <param name="local">Takes the local address.</param>
    internal static ControlData Read(ReadOnlySpan<byte> control, Span<byte> local)
    {
        var read = default(ControlData);
        while (control.Length >= CmsgHdr.Size)
        {
            var header = MemoryMarshal.Read<CmsgHdr>(control);
            if (header.Length < CmsgHdr.Size || header.Length > (nuint)control.Length)
            {
                break;
            }

            read.Take(header, control[CmsgHdr.Size..(int)header.Length], local);
            control = control[Math.Min(control.Length, CmsgHdr.Align((int)header.Length))..];
        }

        return read;
    }

    /// <summary>Writes a header; returns the place of its data.</summary>
    internal static Span<byte> Begin(Span<byte> control, int level, int type, int dataBytes)
    {
        var header = new CmsgHdr { Length = (nuint)CmsgHdr.LengthOf(dataBytes), Level = level, Type = type };
        MemoryMarshal.Write(control, header);
        return control.Slice(CmsgHdr.Size, CmsgHdr.SpaceOf(dataBytes) - CmsgHdr.Size);
    }

    /// <summary>Writes the size at which the kernel is to cut a segmented datagram: udp(7), UDP_SEGMENT.</summary>
    internal static int WriteSegment(Span<byte> control, int segmentBytes)
    {
        Span<byte> data = Begin(control, SocketConstants.IPPROTO_UDP, SocketConstants.UDP_SEGMENT, sizeof(ushort));
        MemoryMarshal.Write(data, (ushort)segmentBytes);
        return SegmentSpace;
    }

    internal static int SegmentSpace => CmsgHdr.SpaceOf(sizeof(ushort));

    private void Take(in CmsgHdr header, ReadOnlySpan<byte> data, Span<byte> local)
    {
        switch (header.Level, header.Type)
        {
            case (SocketConstants.IPPROTO_UDP, SocketConstants.UDP_GRO) when data.Length >= sizeof(int):
                SegmentBytes = MemoryMarshal.Read<int>(data);
                break;
            case (SocketConstants.IPPROTO_IP, SocketConstants.IP_PKTINFO) when data.Length >= Ipv4InfoBytes:
                data.Slice(Ipv4InfoAddress, sizeof(uint)).CopyTo(local);
                break;
            case (SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_PKTINFO) when data.Length >= Ipv6InfoBytes:
                data[..LocalBytes].CopyTo(local);
                break;
            case (_, SocketConstants.SO_RXQ_OVFL)
                when header.Level == SocketConstants.SOL_SOCKET && data.Length >= sizeof(uint):
                Overflows = MemoryMarshal.Read<uint>(data);
                break;
        }
    }
}
