using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>
/// Reads and writes <c>struct sockaddr_in</c> (16 bytes) and <c>struct sockaddr_in6</c> (28 bytes), and writes
/// <c>struct sockaddr_un</c> (110 bytes; 106 on the BSD family). Linux starts all with a 16-bit family, the BSD family
/// with a length byte and a family byte; all else lies alike.
/// </summary>
internal static class SocketAddressBytes
{
    internal const int MaxSize = 110;
    internal const int Ipv4Size = 16;
    internal const int Ipv6Size = 28;
    private const int UnixPathOffset = 2;

    internal static int FamilyOf(AddressFamily family) => family switch
    {
        AddressFamily.InterNetwork => SocketConstants.AF_INET,
        AddressFamily.Unix => SocketConstants.AF_UNIX,
        _ => SocketConstants.AF_INET6,
    };

    /// <summary>Writes the address; returns its size in bytes.</summary>
    internal static int Write(EndPoint endPoint, Span<byte> bytes)
    {
        bytes[..MaxSize].Clear();
        return endPoint switch
        {
            IPEndPoint ip => Write(ip, bytes),
            UnixDomainSocketEndPoint unix => Write(unix, bytes),
            _ => throw new ArgumentException($"{endPoint} is no address of a socket", nameof(endPoint)),
        };
    }

    private static int Write(UnixDomainSocketEndPoint endPoint, Span<byte> bytes)
    {
        int length = Encoding.UTF8.GetBytes(endPoint.ToString(), bytes[UnixPathOffset..]);
        int size = UnixPathOffset + length + 1; // with the zero that ends the path
        WriteFamily(bytes, SocketConstants.AF_UNIX, size);
        return size;
    }

    private static int Write(IPEndPoint endPoint, Span<byte> bytes)
    {
        bool v4 = endPoint.AddressFamily == AddressFamily.InterNetwork;
        int size = v4 ? Ipv4Size : Ipv6Size;
        WriteFamily(bytes, FamilyOf(endPoint.AddressFamily), size);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(v4 ? bytes[4..] : bytes[8..], out _);
        if (!v4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], (uint)endPoint.Address.ScopeId);
        }

        return size;
    }

    /// <summary>
    /// Reads an address. An IPv4 client of a dual-stack listener arrives as <c>::ffff:a.b.c.d</c> and is given as IPv4.
    /// </summary>
    internal static IPEndPoint? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Ipv4Size)
        {
            return null; // an unnamed peer, such as the far side of a Unix socket
        }

        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (FamilyIn(bytes) == SocketConstants.AF_INET)
        {
            return new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), port);
        }

        if (FamilyIn(bytes) != SocketConstants.AF_INET6 || bytes.Length < Ipv6Size)
        {
            return null; // the name of a Unix socket, perhaps
        }

        var address = new IPAddress(bytes.Slice(8, 16), BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]));
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
    }

    /// <summary>Reads the path, or the abstract name after a zero, of a Unix socket; null where it has none.</summary>
    internal static UnixDomainSocketEndPoint? ReadUnix(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= UnixPathOffset || FamilyIn(bytes) != SocketConstants.AF_UNIX)
        {
            return null;
        }

        // A path may end with a zero; an abstract name begins with one and is as long as the address says: unix(7).
        ReadOnlySpan<byte> name = bytes[UnixPathOffset..];
        int end = name[1..].IndexOf((byte)0);
        name = name[0] != 0 && end >= 0 ? name[..(end + 1)] : name;
        return name[0] == 0 && name.Length == 1 ? null : new UnixDomainSocketEndPoint(Encoding.UTF8.GetString(name));
    }

    private static int FamilyIn(ReadOnlySpan<byte> bytes) =>
        OperatingSystem.IsLinux() ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : bytes[1];

    private static void WriteFamily(Span<byte> bytes, int family, int size)
    {
        if (OperatingSystem.IsLinux())
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)family);
        }
        else
        {
            bytes[0] = (byte)size;
            bytes[1] = (byte)family;
        }
    }
}
