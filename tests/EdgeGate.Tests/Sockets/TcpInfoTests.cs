using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Tests.Sockets;

public sealed class TcpInfoTests
{
    [Fact]
    public void Live_connection_has_a_round_trip_time_and_a_window()
    {
        using var pair = new LoopbackPair();
        pair.Peer.Send([1]);
        LoopbackPair.Patiently(() => SocketIO.Receive(pair.Descriptor, new byte[1])).OrThrow("recv");

        Assert.True(TcpInfo.TryRead(pair.Descriptor, out TcpInfo info));

        Assert.InRange(info.RoundTripTime, TimeSpan.FromMicroseconds(1), TimeSpan.FromSeconds(5));
        Assert.InRange(info.CongestionWindow, 1u, 10_000_000u);
        Assert.Equal(0u, info.Retransmits);
        Assert.Equal(0u, info.NotSentBytes);
    }

    [Fact]
    public void What_the_peer_does_not_take_is_counted_as_not_sent()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "macOS tells the whole send buffer");
        using var pair = new LoopbackPair();
        pair.Fill();

        Assert.True(TcpInfo.TryRead(pair.Descriptor, out TcpInfo info));

        Assert.NotEqual(0u, info.NotSentBytes);
    }

    [Fact]
    public void Listener_tells_its_queue_and_the_queue_s_bound()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells a listener's queue here");
        using OwnedDescriptor listener = SocketFactory.Listen(new IPEndPoint(IPAddress.Loopback, 0), 5);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(SocketFactory.LocalAddress(listener.Descriptor)!);

        Assert.True(TcpInfo.TryRead(listener.Descriptor, out TcpInfo info));

        Assert.Equal((1u, 5u), (info.Unacknowledged, info.SelectivelyAcknowledged));
    }

    [Fact]
    public void What_is_no_TCP_socket_tells_nothing()
    {
        using OwnedDescriptor file = SocketFactory.OpenReserve();
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        Assert.False(TcpInfo.TryRead(file.Descriptor, out _));
        Assert.False(TcpInfo.TryRead(new Descriptor((int)datagrams.Handle), out _));
    }

    [Fact]
    public void Structure_is_read_where_Linux_writes_it()
    {
        byte[] bytes = new byte[232];
        Write(bytes, TcpInfo.LinuxUnacked, 1);
        Write(bytes, TcpInfo.LinuxSacked, 2);
        Write(bytes, TcpInfo.LinuxRtt, 1_500);
        Write(bytes, TcpInfo.LinuxRttVar, 250);
        Write(bytes, TcpInfo.LinuxCongestionWindow, 10);
        Write(bytes, TcpInfo.LinuxTotalRetransmits, 3);
        Write(bytes, TcpInfo.LinuxNotSent, 4);

        Assert.Equal(
            new TcpInfo(TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMicroseconds(250), 10, 1, 2, 3, 4),
            TcpInfo.ParseLinux(bytes));
    }

    [Fact]
    public void What_an_older_kernel_does_not_give_is_zero()
    {
        byte[] bytes = new byte[TcpInfo.LinuxTotalRetransmits + sizeof(uint)];
        bytes.AsSpan().Fill(1);

        TcpInfo info = TcpInfo.ParseLinux(bytes);

        Assert.Equal(0x01010101u, info.Retransmits);
        Assert.Equal(0u, info.NotSentBytes);
        Assert.Equal(default, TcpInfo.ParseLinux([]));
    }

    [Fact]
    public void Structure_is_read_where_macOS_writes_it()
    {
        byte[] bytes = new byte[112];
        Write(bytes, 24, 10);
        Write(bytes, 32, 4);
        Write(bytes, 44, 15);
        Write(bytes, 48, 2);
        Write(bytes, 104, 3);

        Assert.Equal(
            new TcpInfo(TimeSpan.FromMilliseconds(15), TimeSpan.FromMilliseconds(2), 10, 0, 0, 3, 4),
            TcpInfo.ParseMac(bytes));
    }

    private static void Write(byte[] bytes, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);
}
