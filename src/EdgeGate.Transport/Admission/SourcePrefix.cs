using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Transport.Admission;

/// <summary>
/// What counts as one source: the leading bits of an address. An IPv4 address that came over a socket of both families
/// (RFC 4291, section 2.5.5.2) is the IPv4 address.
/// </summary>
/// <param name="Family">Of the address.</param>
/// <param name="Bits">Its leading bits at the top, the others zero.</param>
public readonly record struct SourcePrefix(AddressFamily Family, UInt128 Bits)
{
    private const int Width = 128;

    /// <summary>The prefix of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="bitsV4">How many leading bits count of an IPv4 address, 0 to 32.</param>
    /// <param name="bitsV6">How many leading bits count of an IPv6 address, 0 to 128.</param>
    public static SourcePrefix Of(IPAddress address, int bitsV4, int bitsV6)
    {
        Span<byte> bytes = stackalloc byte[Width / 8];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        UInt128 bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        AddressFamily family = address.AddressFamily;
        if (family == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6)
        {
            family = AddressFamily.InterNetwork;
            bits <<= Width - 32;
        }

        int length = family == AddressFamily.InterNetwork ? bitsV4 : bitsV6;
        return new SourcePrefix(family, length == 0 ? 0 : bits & (UInt128.MaxValue << (Width - length)));
    }
}
