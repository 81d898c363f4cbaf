using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Transport.ProxyProtocol;

/// <summary>
/// The header that a proxy in front of the gateway puts before a connection's first byte: "The PROXY protocol, versions
/// 1 &amp; 2" (HAProxy's proxy-protocol.txt). It lies in the transport because layer 4 reads it and Kestrel's adapter
/// does, and neither sees the other.
/// </summary>
public readonly record struct ProxyHeader
{
    /// <summary>The longest header that is taken, in bytes: nginx's bound, too. Longer ones can only be full of TLVs.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The header's own length in bytes; the client's first byte follows.</summary>
    public int Length { get; internal init; }

    /// <summary>Whether the proxy speaks for itself, as in a health check: the connection's own addresses stay.</summary>
    public bool IsLocal { get; internal init; }

    /// <summary>What the addresses are.</summary>
    public ProxyFamily Family { get; internal init; }

    internal UInt128 SourceAddress { get; init; }

    internal UInt128 DestinationAddress { get; init; }

    internal ushort SourcePort { get; init; }

    internal ushort DestinationPort { get; init; }

    /// <summary>The client's address; null where the header names none that is an IP address.</summary>
    public IPEndPoint? Source => EndPointOf(SourceAddress, SourcePort);

    /// <summary>The address that the client connected to; null where the header names none that is an IP address.</summary>
    public IPEndPoint? Destination => EndPointOf(DestinationAddress, DestinationPort);

    /// <summary>Reads the header that a connection begins with; allocates nothing.</summary>
    /// <param name="bytes">All that has come so far, perhaps with what follows the header.</param>
    /// <param name="header">The header, where the result is <see cref="OperationStatus.Done"/>.</param>
    /// <returns>
    /// <see cref="OperationStatus.NeedMoreData"/> until the bytes decide; more bytes never change a decision.
    /// </returns>
    public static OperationStatus Parse(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = default;
        return bytes switch
        {
            [] => OperationStatus.NeedMoreData,
            [(byte)'P', ..] => ProxyHeaderText.Parse(bytes, out header),
            _ => ProxyHeaderBinary.Parse(bytes, out header),
        };
    }

    // An IPv4 client that a dual-stack proxy calls ::ffff:a.b.c.d is the same client here as one of our own listeners'.
    private IPEndPoint? EndPointOf(UInt128 address, ushort port)
    {
        if (IsLocal || Family is ProxyFamily.Unspecified or ProxyFamily.Unix)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        var ip = new IPAddress(Family == ProxyFamily.IPv4 ? bytes[12..] : bytes);
        return new IPEndPoint(
            ip.AddressFamily == AddressFamily.InterNetworkV6 && ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, port);
    }
}
