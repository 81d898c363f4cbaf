using System.Net;
using System.Net.Sockets;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Tests.Sockets;

public sealed class SocketAddressBytesTests
{
    [Theory]
    [InlineData("127.0.0.1", 0)]
    [InlineData("255.255.255.255", 65535)]
    [InlineData("::", 1)]
    [InlineData("::1", 443)]
    [InlineData("2001:db8::ff00:42:8329", 8080)]
    [InlineData("fe80::1%7", 53)]
    [InlineData("fe80::1%4294967295", 53)]
    public void What_is_written_is_read_back(string address, int port)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        byte[] bytes = new byte[SocketAddressBytes.MaxSize];

        int size = SocketAddressBytes.Write(endPoint, bytes);

        Assert.Equal(endPoint, SocketAddressBytes.Read(bytes.AsSpan(0, size)));
    }

    [Fact]
    public void IPv4_in_IPv6_is_read_as_IPv4()
    {
        byte[] bytes = new byte[SocketAddressBytes.MaxSize];
        int size = SocketAddressBytes.Write(new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.1"), 80), bytes);

        Assert.Equal(SocketAddressBytes.Ipv6Size, size);
        Assert.Equal(IPEndPoint.Parse("192.0.2.1:80"), SocketAddressBytes.Read(bytes.AsSpan(0, size)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(15)]
    public void Unnamed_peer_has_no_address(int size) =>
        Assert.Null(SocketAddressBytes.Read(new byte[SocketAddressBytes.MaxSize].AsSpan(0, size)));

    [Fact]
    public void Truncated_IPv6_address_is_none()
    {
        byte[] bytes = new byte[SocketAddressBytes.MaxSize];
        SocketAddressBytes.Write(new IPEndPoint(IPAddress.IPv6Loopback, 80), bytes);

        Assert.Null(SocketAddressBytes.Read(bytes.AsSpan(0, 24)));
    }

    [Fact]
    public void Name_of_a_Unix_socket_was_read_as_an_IPv6_address()
    {
        byte[] bytes = new byte[SocketAddressBytes.MaxSize];
        bytes[OperatingSystem.IsLinux() ? 0 : 1] = 1; // AF_UNIX
        "/run/edgegate/client.sock"u8.CopyTo(bytes.AsSpan(2));

        Assert.Null(SocketAddressBytes.Read(bytes));
    }

    [Fact]
    public void What_lay_in_the_buffer_before_does_not_show()
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0xff, SocketAddressBytes.MaxSize)];
        var endPoint = new IPEndPoint(IPAddress.IPv6Loopback, 80);

        SocketAddressBytes.Write(endPoint, bytes);

        Assert.Equal(endPoint, SocketAddressBytes.Read(bytes));
        Assert.All(bytes[4..8], flow => Assert.Equal(0, flow));
    }

    [Fact]
    public void Family_is_the_system_s() =>
        Assert.Equal(SocketConstants.AF_INET6, SocketAddressBytes.FamilyOf(AddressFamily.InterNetworkV6));

    [Fact]
    public void A_unix_address_is_its_path_with_a_zero()
    {
        byte[] bytes = new byte[SocketAddressBytes.MaxSize];

        int size = SocketAddressBytes.Write(new UnixDomainSocketEndPoint("/run/a"), bytes);

        Assert.Equal(2 + 6 + 1, size);
        Assert.Equal("/run/a\0"u8, bytes.AsSpan(2, 7));
        Assert.Null(SocketAddressBytes.Read(bytes));
    }
}
