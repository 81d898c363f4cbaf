using EdgeGate.Native.Interop;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Tests.Sockets;

public sealed class ControlDataTests
{
    [Fact]
    public void Several_kinds_are_read_and_unknown_ones_passed_over()
    {
        byte[] control = new byte[ControlData.MaxBytes];
        int end = Append(control, 0, level: 99, type: 1, [1, 2, 3]);
        end = Append(control, end, SocketConstants.IPPROTO_UDP, SocketConstants.UDP_GRO, [0x10, 0x27, 0, 0]);
        end = Append(control, end, SocketConstants.IPPROTO_IP, SocketConstants.IP_PKTINFO, [1, 0, 0, 0, 127, 0, 0, 9, 1, 2, 3, 4]);
        byte[] local = new byte[ControlData.LocalBytes];

        ControlData read = ControlData.Read(control.AsSpan(0, end), local);

        Assert.Equal(10_000, read.SegmentBytes);
        Assert.Equal([127, 0, 0, 9, 0, 0, 0, 0], local[..8]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(1000)]
    public void A_length_that_cannot_be_ends_the_reading(int length)
    {
        byte[] control = new byte[64];
        BitConverter.GetBytes((long)length).CopyTo(control, 0);

        ControlData read = ControlData.Read(control, new byte[ControlData.LocalBytes]);

        Assert.Equal(0, read.SegmentBytes);
    }

    [Fact]
    public void Every_cut_of_it_is_read_without_going_past_the_end()
    {
        byte[] control = new byte[ControlData.MaxBytes];
        int end = Append(control, 0, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_PKTINFO, new byte[20]);
        end = Append(control, end, SocketConstants.IPPROTO_UDP, SocketConstants.UDP_GRO, [100, 0, 0, 0]);

        int[] read = [.. Enumerable.Range(0, end + 1).Select(cut =>
            ControlData.Read(control.AsSpan(0, cut), new byte[ControlData.LocalBytes]).SegmentBytes)];

        Assert.Equal(100, read[^1]);
        Assert.All(read[..^8], bytes => Assert.Equal(0, bytes));
    }

    private static int Append(byte[] control, int at, int level, int type, byte[] data)
    {
        data.CopyTo(ControlData.Begin(control.AsSpan(at), level, type, data.Length));
        return at + CmsgHdr.SpaceOf(data.Length);
    }
}
