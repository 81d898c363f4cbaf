using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Transport.ProxyProtocol;

/// <summary>Writes the header that tells an upstream who the client is (HAProxy's proxy-protocol.txt).</summary>
public static class ProxyHeaderWriter
{
    /// <summary>The longest header that is written, in bytes.</summary>
    public const int MaxBytes = ProxyHeaderText.MaxBytes;

    /// <summary>
    /// Writes a client's header. Where an address is missing, as a Unix client's is, it says so: <c>UNKNOWN</c>, or in
    /// version 2 the unspecified family.
    /// </summary>
    /// <param name="version">Which header.</param>
    /// <param name="source">The client.</param>
    /// <param name="destination">What it connected to.</param>
    /// <param name="header">At least <see cref="MaxBytes"/> long.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(
        ProxyProtocolVersion version, IPEndPoint? source, IPEndPoint? destination, Span<byte> header)
    {
        if (source is null || destination is null)
        {
            return version == ProxyProtocolVersion.V1
                ? WriteUnknown(header)
                : WriteStart(header, ProxyHeaderBinary.Proxy, ProxyHeaderBinary.Unspecified, 0);
        }

        bool v4 = source.AddressFamily == AddressFamily.InterNetwork
            && destination.AddressFamily == AddressFamily.InterNetwork;
        return version == ProxyProtocolVersion.V1
            ? WriteText(header, source, destination, v4)
            : WriteBinary(header, source, destination, v4);
    }

    /// <summary>Writes the header of a connection that is the gateway's own, such as a health check.</summary>
    /// <returns>The bytes written.</returns>
    public static int WriteLocal(ProxyProtocolVersion version, Span<byte> header) =>
        version == ProxyProtocolVersion.V1
            ? WriteUnknown(header)
            : WriteStart(header, ProxyHeaderBinary.Local, ProxyHeaderBinary.Unspecified, 0);

    private static int WriteUnknown(Span<byte> header)
    {
        ReadOnlySpan<byte> line = "PROXY UNKNOWN\r\n"u8;
        line.CopyTo(header);
        return line.Length;
    }

    private static int WriteText(Span<byte> header, IPEndPoint source, IPEndPoint destination, bool v4)
    {
        ReadOnlySpan<byte> start = v4 ? ProxyHeaderText.Tcp4 : ProxyHeaderText.Tcp6;
        start.CopyTo(header);
        int at = start.Length;
        at += WriteField(Plain(source, v4), header[at..]);
        at += WriteField(Plain(destination, v4), header[at..]);
        at += WriteField(source.Port, header[at..]);
        at += WriteField(destination.Port, header[at..]) - 1; // no space after the last
        "\r\n"u8.CopyTo(header[at..]);
        return at + 2;
    }

    private static int WriteField<T>(T field, Span<byte> header)
        where T : IUtf8SpanFormattable
    {
        field.TryFormat(header, out int length, default, CultureInfo.InvariantCulture);
        header[length] = (byte)' ';
        return length + 1;
    }

    private static int WriteBinary(Span<byte> header, IPEndPoint source, IPEndPoint destination, bool v4)
    {
        int size = v4 ? 4 : 16;
        int length = WriteStart(
            header,
            ProxyHeaderBinary.Proxy,
            v4 ? ProxyHeaderBinary.TcpOverIPv4 : ProxyHeaderBinary.TcpOverIPv6,
            v4 ? ProxyHeaderBinary.IPv4Bytes : ProxyHeaderBinary.IPv6Bytes);
        Span<byte> addresses = header[ProxyHeaderBinary.StartBytes..];
        Plain(source, v4).TryWriteBytes(addresses, out _);
        Plain(destination, v4).TryWriteBytes(addresses[size..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(addresses[(2 * size)..], (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(addresses[(2 * size + 2)..], (ushort)destination.Port);
        return length;
    }

    private static int WriteStart(Span<byte> header, byte command, byte family, int addressBytes)
    {
        ProxyHeaderBinary.Signature.CopyTo(header);
        header[12] = command;
        header[13] = family;
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], (ushort)addressBytes);
        return ProxyHeaderBinary.StartBytes + addressBytes;
    }

    /// <summary>
    /// The address in the family of both, as a header has one: an IPv4 one becomes <c>::ffff:a.b.c.d</c> beside an IPv6
    /// one. A scope means something on this machine only.
    /// </summary>
    private static IPAddress Plain(IPEndPoint endPoint, bool v4)
    {
        IPAddress address = endPoint.Address;
        if (!v4 && address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.MapToIPv6();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0
            ? new IPAddress(address.GetAddressBytes())
            : address;
    }
}
