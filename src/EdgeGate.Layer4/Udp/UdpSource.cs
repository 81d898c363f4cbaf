using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Layer4.Udp;

/// <summary>What counts as one source: the leading bits of an address.</summary>
/// <param name="Family">Of the address.</param>
/// <param name="Prefix">Its leading bits, the others zero.</param>
internal readonly record struct UdpSource(AddressFamily Family, UInt128 Prefix)
{
    private const int Bits = 128;

    internal static UdpSource Of(IPAddress address, UdpRelayOptions options)
    {
        int bits = address.AddressFamily == AddressFamily.InterNetwork ? options.SourcePrefixV4 : options.SourcePrefixV6;
        Span<byte> bytes = stackalloc byte[Bits / 8];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        UInt128 mask = bits == 0 ? 0 : UInt128.MaxValue << (Bits - bits);
        return new UdpSource(address.AddressFamily, BinaryPrimitives.ReadUInt128BigEndian(bytes) & mask);
    }
}
