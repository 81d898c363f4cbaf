using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Tests.Interop;

/// <summary>Size and offsets of everything that is passed to the kernel, for each system and architecture.</summary>
public sealed class KernelLayoutTests
{
    [Theory]
    [InlineData(Architecture.X64, 12, 4)]
    [InlineData(Architecture.X86, 12, 4)]
    [InlineData(Architecture.Arm64, 16, 8)]
    [InlineData(Architecture.RiscV64, 16, 8)]
    [InlineData(Architecture.LoongArch64, 16, 8)]
    public void Epoll_event_is_packed_on_x86_and_nowhere_else(Architecture architecture, int size, int data) =>
        Assert.Equal(new EpollEventLayout(size, data), EpollEventLayout.For(architecture));

    [Theory]
    [InlineData(false, 32)]
    [InlineData(true, 64)]
    public void Kevent_is_longer_on_FreeBSD(bool freeBsd, int size) =>
        Assert.Equal(size, KeventLayout.For(freeBsd).Size);

    [Fact]
    public void Kevent_fields_lie_where_kqueue_2_puts_them()
    {
        Assert.Equal(0, KeventLayout.Ident);
        Assert.Equal(8, KeventLayout.Filter);
        Assert.Equal(10, KeventLayout.Flags);
        Assert.Equal(12, KeventLayout.FilterFlags);
        Assert.Equal(16, KeventLayout.Data);
        Assert.Equal(24, KeventLayout.UserData);
    }

    [Fact]
    public void Timespec_is_two_longs()
    {
        Assert.Equal(16, Unsafe.SizeOf<TimeSpec>());
        Assert.Equal(0, OffsetOf<TimeSpec>(nameof(TimeSpec.Seconds)));
        Assert.Equal(8, OffsetOf<TimeSpec>(nameof(TimeSpec.Nanoseconds)));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(999, 0, 999_000_000)]
    [InlineData(1001, 1, 1_000_000)]
    [InlineData(int.MaxValue, 2_147_483, 647_000_000)]
    public void Timespec_holds_milliseconds(int milliseconds, long seconds, long nanoseconds)
    {
        var time = TimeSpec.FromMilliseconds(milliseconds);

        Assert.Equal((seconds, nanoseconds), (time.Seconds, time.Nanoseconds));
    }

    [Fact]
    public void Iovec_is_a_pointer_and_a_length()
    {
        Assert.Equal(16, Unsafe.SizeOf<IoVec>());
        Assert.Equal(0, OffsetOf<IoVec>(nameof(IoVec.Base)));
        Assert.Equal(8, OffsetOf<IoVec>(nameof(IoVec.Length)));
    }

    [Fact]
    public void Msghdr_is_Linux_s_and_at_least_as_long_as_the_others()
    {
        Assert.Equal(56, Unsafe.SizeOf<MsgHdr>());
        Assert.Equal(0, OffsetOf<MsgHdr>(nameof(MsgHdr.Name)));
        Assert.Equal(8, OffsetOf<MsgHdr>(nameof(MsgHdr.NameLength)));
        Assert.Equal(16, OffsetOf<MsgHdr>(nameof(MsgHdr.Vectors)));
        Assert.Equal(24, OffsetOf<MsgHdr>(nameof(MsgHdr.VectorCount)));
        Assert.Equal(32, OffsetOf<MsgHdr>(nameof(MsgHdr.Control)));
    }

    [Fact]
    public void Mmsghdr_is_a_message_and_its_length()
    {
        Assert.Equal(64, Unsafe.SizeOf<MMsgHdr>());
        Assert.Equal(56, OffsetOf<MMsgHdr>(nameof(MMsgHdr.Length)));
    }

    [Fact]
    public void Cmsghdr_is_a_long_and_two_ints()
    {
        Assert.Equal(16, Unsafe.SizeOf<CmsgHdr>());
        Assert.Equal(8, OffsetOf<CmsgHdr>(nameof(CmsgHdr.Level)));
        Assert.Equal(12, OffsetOf<CmsgHdr>(nameof(CmsgHdr.Type)));
        Assert.Equal((18, 24), (CmsgHdr.LengthOf(2), CmsgHdr.SpaceOf(2)));
    }

    [Fact]
    public void Rlimit_is_two_64_bit_numbers()
    {
        Assert.Equal(16, Unsafe.SizeOf<Libc.RLimit>());
        Assert.Equal(0, OffsetOf<Libc.RLimit>(nameof(Libc.RLimit.Soft)));
        Assert.Equal(8, OffsetOf<Libc.RLimit>(nameof(Libc.RLimit.Hard)));
    }

    [Fact]
    public void Sockaddr_in_has_family_port_address()
    {
        byte[] bytes = new byte[SocketAddressBytes.MaxSize];

        int size = SocketAddressBytes.Write(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 0x1234), bytes);

        Assert.Equal(16, size);
        AssertFamily(bytes, SocketConstants.AF_INET, size);
        Assert.Equal([0x12, 0x34, 192, 0, 2, 7], bytes[2..8]);
        Assert.All(bytes[8..], rest => Assert.Equal(0, rest));
    }

    [Fact]
    public void Sockaddr_in6_has_family_port_flow_address_scope()
    {
        byte[] bytes = new byte[SocketAddressBytes.MaxSize];
        var address = new IPAddress(IPAddress.Parse("2001:db8::9").GetAddressBytes(), 0x0a0b0c0d);

        int size = SocketAddressBytes.Write(new IPEndPoint(address, 0x1234), bytes);

        Assert.Equal(28, size);
        AssertFamily(bytes, SocketConstants.AF_INET6, size);
        Assert.Equal([0x12, 0x34, 0, 0, 0, 0], bytes[2..8]);
        Assert.Equal(address.GetAddressBytes(), bytes[8..24]);
        Assert.Equal(0x0a0b0c0du, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(24)));
    }

    private static void AssertFamily(byte[] bytes, int family, int size)
    {
        byte[] expected = OperatingSystem.IsLinux() ? [(byte)family, 0] : [(byte)size, (byte)family];
        Assert.Equal(expected, bytes[..2]);
    }

    private static int OffsetOf<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
