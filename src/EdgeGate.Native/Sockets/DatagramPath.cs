using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Sockets;

/// <summary>
/// Between whom a datagram goes: the peer's address and port, and, where the socket was told to say it, the address of
/// this machine. Taken from a datagram, it is what a flow is known by; given to an answer, it is where that goes and
/// which address it leaves from.
/// </summary>
public readonly record struct DatagramPath
{
    private readonly ulong _remoteHigh;
    private readonly ulong _remoteLow;
    private readonly ulong _localHigh;
    private readonly ulong _localLow;
    private readonly uint _scope;
    private readonly ushort _port; // as it lies in a sockaddr
    private readonly ushort _family; // the first two bytes of one, whatever the system means by them

    /// <param name="name">A <c>sockaddr_in</c> or <c>sockaddr_in6</c>.</param>
    /// <param name="local">The local address as in the control data, 4 or 16 bytes; zeros where it is not known.</param>
    internal DatagramPath(ReadOnlySpan<byte> name, ReadOnlySpan<byte> local)
    {
        _family = MemoryMarshal.Read<ushort>(name);
        _port = MemoryMarshal.Read<ushort>(name[2..]);
        _localHigh = MemoryMarshal.Read<ulong>(local);
        _localLow = MemoryMarshal.Read<ulong>(local[8..]);
        if (name.Length < SocketAddressBytes.Ipv6Size)
        {
            _remoteHigh = MemoryMarshal.Read<uint>(name[4..]);
            IsIpv4 = true;
        }
        else
        {
            _remoteHigh = MemoryMarshal.Read<ulong>(name[8..]);
            _remoteLow = MemoryMarshal.Read<ulong>(name[16..]);
            _scope = MemoryMarshal.Read<uint>(name[24..]);
        }
    }

    /// <summary>The peer; one that came as <c>::ffff:a.b.c.d</c> is given as IPv4.</summary>
    public IPEndPoint? Remote
    {
        get
        {
            Span<byte> name = stackalloc byte[SocketAddressBytes.Ipv6Size];
            return SocketAddressBytes.Read(name[..WriteName(name)]);
        }
    }

    /// <summary>The address of this machine; null where it is not known.</summary>
    public IPAddress? Local
    {
        get
        {
            Span<byte> bytes = stackalloc byte[ControlData.LocalBytes];
            Unsafe.WriteUnaligned(ref bytes[0], _localHigh);
            Unsafe.WriteUnaligned(ref bytes[8], _localLow);
            var address = new IPAddress(IsIpv4 ? bytes[..4] : bytes);
            return !HasLocal ? null : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        }
    }

    /// <summary>Whether the socket speaks IPv4: an IPv6 one writes IPv4 peers in its own way.</summary>
    internal bool IsIpv4 { get; }

    /// <summary>Whether the local address is known.</summary>
    internal bool HasLocal => (_localHigh | _localLow) != 0;

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(_remoteHigh, _remoteLow, _localHigh, _localLow, ((ulong)_scope << 16) | _port);

    /// <summary>Writes the peer's sockaddr; returns its size.</summary>
    internal int WriteName(Span<byte> name)
    {
        Unsafe.WriteUnaligned(ref name[0], _family);
        Unsafe.WriteUnaligned(ref name[2], _port);
        if (IsIpv4)
        {
            Unsafe.WriteUnaligned(ref name[4], (uint)_remoteHigh);
            Unsafe.WriteUnaligned(ref name[8], 0UL);
            return SocketAddressBytes.Ipv4Size;
        }

        Unsafe.WriteUnaligned(ref name[4], 0u);
        Unsafe.WriteUnaligned(ref name[8], _remoteHigh);
        Unsafe.WriteUnaligned(ref name[16], _remoteLow);
        Unsafe.WriteUnaligned(ref name[24], _scope);
        return SocketAddressBytes.Ipv6Size;
    }

    /// <summary>Writes the local address as control data, so that an answer leaves from it; returns its size.</summary>
    internal int WriteLocal(Span<byte> control)
    {
        if (IsIpv4)
        {
            // in_pktinfo: an interface (0 leaves it to the routing table), the source, and a field that sending ignores.
            Span<byte> info = ControlData.Begin(
                control, SocketConstants.IPPROTO_IP, SocketConstants.IP_PKTINFO, ControlData.Ipv4InfoBytes);
            info.Clear();
            Unsafe.WriteUnaligned(ref info[ControlData.Ipv4InfoAddress], (uint)_localHigh);
            return CmsgHdr.SpaceOf(ControlData.Ipv4InfoBytes);
        }

        // in6_pktinfo: the source and an interface. A v4-mapped one is understood too.
        Span<byte> info6 = ControlData.Begin(
            control, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_PKTINFO, ControlData.Ipv6InfoBytes);
        info6.Clear();
        Unsafe.WriteUnaligned(ref info6[0], _localHigh);
        Unsafe.WriteUnaligned(ref info6[8], _localLow);
        return CmsgHdr.SpaceOf(ControlData.Ipv6InfoBytes);
    }
}
