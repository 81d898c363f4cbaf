using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace EdgeGate.Transport.ProxyProtocol;

/// <summary>
/// Version 2: a signature of twelve bytes, version and command, family, the length of what follows; then addresses
/// and TLVs (type, length, value). No TLV is used, but their lengths must fit, and a checksum among them must be right.
/// </summary>
internal static class ProxyHeaderBinary
{
    internal const int StartBytes = 16;
    internal const byte Local = 0x20;
    internal const byte Proxy = 0x21;
    internal const byte Unspecified = 0x00;
    internal const byte TcpOverIPv4 = 0x11;
    internal const byte TcpOverIPv6 = 0x21;
    internal const int IPv4Bytes = 12;
    internal const int IPv6Bytes = 36;

    private const byte UdpOverIPv4 = 0x12;
    private const byte UdpOverIPv6 = 0x22;
    private const byte UnixStream = 0x31;
    private const byte UnixDatagram = 0x32;
    private const int UnixBytes = 216;
    private const int TlvStartBytes = 3;
    private const byte ChecksumTlv = 0x03; // PP2_TYPE_CRC32C
    private const int ChecksumBytes = 4;

    internal static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    internal static OperationStatus Parse(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = default;
        if (!MayBegin(bytes))
        {
            return OperationStatus.InvalidData;
        }

        if (bytes.Length < StartBytes)
        {
            return OperationStatus.NeedMoreData;
        }

        bool local = bytes[12] == Local;
        int addresses = local ? 0 : AddressBytesOf(bytes[13]);
        int length = StartBytes + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (length > ProxyHeader.MaxBytes || length < StartBytes + addresses)
        {
            return OperationStatus.InvalidData;
        }

        if (bytes.Length < length)
        {
            return OperationStatus.NeedMoreData;
        }

        // Without addresses, or for the proxy itself, all that follows is to be skipped.
        if (addresses > 0 && !AreTlvsSound(bytes[..length], StartBytes + addresses))
        {
            return OperationStatus.InvalidData;
        }

        header = Read(bytes.Slice(StartBytes, addresses)) with { Length = length, IsLocal = local };
        return OperationStatus.Done;
    }

    // Judges each byte of the start as soon as it is there. What a LOCAL one says of its family is to be ignored.
    private static bool MayBegin(ReadOnlySpan<byte> bytes)
    {
        int length = Math.Min(bytes.Length, Signature.Length);
        return bytes[..length].SequenceEqual(Signature[..length])
            && (bytes.Length < 13 || bytes[12] is Local or Proxy)
            && (bytes.Length < 14 || bytes[12] == Local || AddressBytesOf(bytes[13]) >= 0);
    }

    private static int AddressBytesOf(byte family) => family switch
    {
        Unspecified => 0,
        TcpOverIPv4 or UdpOverIPv4 => IPv4Bytes,
        TcpOverIPv6 or UdpOverIPv6 => IPv6Bytes,
        UnixStream or UnixDatagram => UnixBytes,
        _ => -1,
    };

    private static ProxyHeader Read(ReadOnlySpan<byte> addresses) => addresses.Length switch
    {
        IPv4Bytes => new ProxyHeader
        {
            Family = ProxyFamily.IPv4,
            SourceAddress = BinaryPrimitives.ReadUInt32BigEndian(addresses),
            DestinationAddress = BinaryPrimitives.ReadUInt32BigEndian(addresses[4..]),
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(addresses[8..]),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(addresses[10..]),
        },
        IPv6Bytes => new ProxyHeader
        {
            Family = ProxyFamily.IPv6,
            SourceAddress = BinaryPrimitives.ReadUInt128BigEndian(addresses),
            DestinationAddress = BinaryPrimitives.ReadUInt128BigEndian(addresses[16..]),
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(addresses[32..]),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(addresses[34..]),
        },
        UnixBytes => new ProxyHeader { Family = ProxyFamily.Unix },
        _ => default,
    };

    private static bool AreTlvsSound(ReadOnlySpan<byte> header, int first)
    {
        int at = first;
        bool summed = false;
        while (header.Length - at >= TlvStartBytes)
        {
            int value = at + TlvStartBytes;
            int length = BinaryPrimitives.ReadUInt16BigEndian(header[(at + 1)..]);
            if (length > header.Length - value)
            {
                return false;
            }

            if (header[at] == ChecksumTlv)
            {
                if (summed || length != ChecksumBytes || !IsChecksumRight(header, value))
                {
                    return false;
                }

                summed = true;
            }

            at = value + length;
        }

        return at == header.Length;
    }

    // CRC-32C (RFC 4960, appendix B) of the whole header, with the checksum's own four bytes taken as zero.
    private static bool IsChecksumRight(ReadOnlySpan<byte> header, int at)
    {
        uint crc = Sum(uint.MaxValue, header[..at]);
        crc = BitOperations.Crc32C(crc, 0u);
        crc = ~Sum(crc, header[(at + ChecksumBytes)..]);
        return crc == BinaryPrimitives.ReadUInt32BigEndian(header[at..]);
    }

    private static uint Sum(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return crc;
    }
}
