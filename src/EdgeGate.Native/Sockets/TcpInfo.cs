using System.Buffers.Binary;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>What the kernel knows of a TCP connection: tcp(7) TCP_INFO, on macOS TCP_CONNECTION_INFO.</summary>
/// <param name="RoundTripTime">Smoothed round-trip time.</param>
/// <param name="RoundTripVariation">Its mean deviation.</param>
/// <param name="CongestionWindow">Segments (on macOS bytes) that may be under way.</param>
/// <param name="Unacknowledged">Segments sent and not acknowledged. On a listener: the accept queue's length.</param>
/// <param name="SelectivelyAcknowledged">On a listener: the bound of its accept queue.</param>
/// <param name="Retransmits">Segments retransmitted over the connection's life.</param>
/// <param name="NotSentBytes">Bytes in the send queue that have not gone out yet.</param>
public readonly record struct TcpInfo(
    TimeSpan RoundTripTime,
    TimeSpan RoundTripVariation,
    uint CongestionWindow,
    uint Unacknowledged,
    uint SelectivelyAcknowledged,
    uint Retransmits,
    uint NotSentBytes)
{
    // Offsets in Linux's struct tcp_info (include/uapi/linux/tcp.h); it only ever grows at its end.
    internal const int LinuxUnacked = 24;
    internal const int LinuxSacked = 28;
    internal const int LinuxRtt = 68;
    internal const int LinuxRttVar = 72;
    internal const int LinuxCongestionWindow = 80;
    internal const int LinuxTotalRetransmits = 100;
    internal const int LinuxNotSent = 144;
    private const int BufferSize = 256;

    // Offsets in macOS's struct tcp_connection_info (bsd/netinet/tcp.h), times in milliseconds.
    private const int MacCongestionWindow = 24;
    private const int MacSendBufferBytes = 32;
    private const int MacSmoothedRtt = 44;
    private const int MacRttVariation = 48;
    private const int MacRetransmitPackets = 104;

    /// <summary>Asks the kernel; false where it has nothing to say (not TCP, or closed).</summary>
    public static unsafe bool TryRead(Descriptor descriptor, out TcpInfo info)
    {
        byte* buffer = stackalloc byte[BufferSize];
        uint size = BufferSize;
        SysResult result = SysResult.From(Libc.getsockopt(
            descriptor.Number, SocketConstants.IPPROTO_TCP, SocketConstants.TCP_INFO, buffer, &size));
        if (result.Failed || OperatingSystem.IsFreeBSD())
        {
            info = default;
            return false; // FreeBSD lays tcp_info out in a way of its own, which nobody has measured yet
        }

        var bytes = new ReadOnlySpan<byte>(buffer, (int)Math.Min(size, BufferSize));
        info = OperatingSystem.IsMacOS() ? ParseMac(bytes) : ParseLinux(bytes);
        return true;
    }

    /// <summary>Reads Linux's structure; what an older kernel does not give is zero.</summary>
    internal static TcpInfo ParseLinux(ReadOnlySpan<byte> bytes) => new(
        Microseconds(bytes, LinuxRtt),
        Microseconds(bytes, LinuxRttVar),
        UInt32(bytes, LinuxCongestionWindow),
        UInt32(bytes, LinuxUnacked),
        UInt32(bytes, LinuxSacked),
        UInt32(bytes, LinuxTotalRetransmits),
        UInt32(bytes, LinuxNotSent));

    /// <summary>Reads macOS's structure.</summary>
    internal static TcpInfo ParseMac(ReadOnlySpan<byte> bytes) => new(
        TimeSpan.FromMilliseconds(UInt32(bytes, MacSmoothedRtt)),
        TimeSpan.FromMilliseconds(UInt32(bytes, MacRttVariation)),
        UInt32(bytes, MacCongestionWindow),
        0,
        0,
        UInt32(bytes, MacRetransmitPackets),
        UInt32(bytes, MacSendBufferBytes));

    private static TimeSpan Microseconds(ReadOnlySpan<byte> bytes, int offset) =>
        TimeSpan.FromMicroseconds(UInt32(bytes, offset));

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) =>
        offset + sizeof(uint) <= bytes.Length ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]) : 0;
}
