using System.Net;
using System.Net.Sockets;
using EdgeGate.Native;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Tests.Sockets;

/// <summary>Datagrams over loopback, many at once and one by one.</summary>
public sealed class DatagramBatchTests : IDisposable
{
    private const int Longest = 65_507; // IPv4: 65,535 less the headers

    private readonly List<IDisposable> _sockets = [];

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lengths_order_and_sender_are_kept(bool oneByOne)
    {
        OwnedDescriptor near = Bind(IPAddress.Loopback);
        Socket peer = Peer(near);
        byte[][] sent = [[1], [], [2, 3], new byte[Longest], [4]];
        Array.ForEach(sent, datagram => peer.Send(datagram));
        var batch = new DatagramBatch(8, named: true, oneByOne);

        Assert.Equal(sent.Length, Receive(batch, near));

        Assert.Equal(sent, Enumerable.Range(0, batch.Count).Select(i => batch.BytesOf(i).ToArray()));
        Assert.All(Enumerable.Range(0, batch.Count), i => Assert.Equal(peer.LocalEndPoint, batch.PathOf(i).Remote));
        Assert.True(batch.Receive(near.Descriptor).WouldBlock);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_received_is_sent_on_as_it_was(bool oneByOne)
    {
        OwnedDescriptor near = Bind(IPAddress.Loopback);
        Socket peer = Peer(near);
        Socket far = Unconnected();
        OwnedDescriptor upstream = ConnectTo(far);
        byte[][] sent = [[1, 2, 3], [], new byte[Longest], [4]];
        Array.ForEach(sent, datagram => peer.Send(datagram));
        var batch = new DatagramBatch(8, named: true, oneByOne);
        Receive(batch, near);

        for (int i = 0; i < batch.Count; i++)
        {
            batch.Enqueue(i);
        }

        Assert.Equal(sent.Length, batch.Send(upstream.Descriptor).OrThrow("send"));
        Assert.Equal(0, batch.Pending);
        Assert.Equal(sent, sent.Select(_ => Receive(far)));
    }

    [Fact]
    public void A_full_batch_leaves_the_rest_to_the_next()
    {
        OwnedDescriptor near = Bind(IPAddress.Loopback);
        Socket peer = Peer(near);
        for (byte i = 0; i < 6; i++)
        {
            peer.Send([i]);
        }

        var batch = new DatagramBatch(4, named: true);

        Assert.Equal(4, Receive(batch, near));
        Assert.Equal(0, batch.Receive(near.Descriptor).Value); // there is no room
        batch.Clear();
        Assert.Equal(2, Receive(batch, near));
        Assert.Equal([4], batch.BytesOf(0).ToArray());
        Assert.Equal(peer.LocalEndPoint, batch.PathOf(1).Remote);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Datagrams_that_the_kernel_put_together_come_apart_again(bool refused)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "UDP_GRO is Linux's");
        OwnedDescriptor near = Bind(IPAddress.Loopback);
        SocketOptions.SetReceiveOffload(near.Descriptor);
        Socket peer = Peer(near);
        peer.SetRawSocketOption(SocketConstants.IPPROTO_UDP, SocketConstants.UDP_SEGMENT, BitConverter.GetBytes(100));
        byte[] all = [.. Enumerable.Range(0, 1050).Select(i => (byte)i)];
        peer.Send(all);
        Socket far = Unconnected();
        OwnedDescriptor upstream = ConnectTo(far);
        var batch = new DatagramBatch(8, named: true);
        Receive(batch, near);
        Assert.SkipUnless(batch.SegmentOf(0) > 0, "this kernel puts nothing together");
        Assert.Equal((1, 1050, 100), (batch.Count, batch.LengthOf(0), batch.SegmentOf(0)));
        if (refused)
        {
            batch.RefuseSegments();
        }

        batch.Enqueue(0);

        Assert.Equal(1, batch.Send(upstream.Descriptor).OrThrow("send"));
        Assert.Equal(all.Chunk(100), all.Chunk(100).Select(_ => Receive(far)));
        Assert.Equal(0, far.Available);
    }

    [Theory]
    [InlineData(new[] { 5, 5, 5, 3 }, 1)]
    [InlineData(new[] { 5, 5, 6, 6 }, 2)]
    [InlineData(new[] { 5, 3, 5, 5 }, 2)]
    [InlineData(new[] { 5, 0, 0, 5 }, 4)]
    [InlineData(new[] { 30_000, 30_000, 30_000 }, 2)]
    public void Datagrams_of_one_length_go_together_and_arrive_apart(int[] lengths, int messages)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "UDP_SEGMENT is Linux's");
        foreach (bool refused in new[] { false, true })
        {
            OwnedDescriptor near = Bind(IPAddress.Loopback);
            SocketOptions.SetReceiveBuffer(near.Descriptor, 1024 * 1024);
            Socket peer = Peer(near);
            byte[][] sent = [.. lengths.Select(length => new byte[length])];
            Array.ForEach(sent, Random.Shared.NextBytes);
            Array.ForEach(sent, datagram => peer.Send(datagram));
            Socket far = Unconnected();
            var batch = new DatagramBatch(8, named: true);
            Receive(batch, near);
            if (refused)
            {
                batch.RefuseSegments();
            }

            EnqueueAll(batch);
            Assert.Equal(messages, batch.Pending);
            SendAll(batch, ConnectTo(far));

            Assert.Equal(sent, sent.Select(_ => Receive(far)));
            Assert.Equal(0, far.Available);
        }
    }

    [Fact]
    public void More_than_the_kernel_takes_at_once_are_two_messages()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "UDP_SEGMENT is Linux's");
        OwnedDescriptor near = Bind(IPAddress.Loopback);
        Socket peer = Peer(near);
        Socket far = Unconnected();
        for (byte i = 0; i < 100; i++)
        {
            peer.Send([i]);
        }

        var batch = new DatagramBatch(128, named: true);
        Receive(batch, near);
        EnqueueAll(batch);
        SendAll(batch, ConnectTo(far));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), Enumerable.Range(0, 100).Select(_ => Receive(far)[0]));
    }

    [Fact]
    public void Datagrams_of_two_peers_do_not_go_together()
    {
        OwnedDescriptor near = Bind(IPAddress.Loopback);
        Socket one = Peer(near), other = Peer(near);
        one.Send([1]);
        one.Send([2]);
        other.Send([3]);
        one.Send([4]);
        var batch = new DatagramBatch(8, named: true);
        Receive(batch, near);

        for (int i = 0; i < batch.Count; i++)
        {
            batch.Enqueue(i, batch.PathOf(i));
        }

        SendAll(batch, near);
        Assert.Equal([[1], [2], [4]], Enumerable.Range(0, 3).Select(_ => Receive(one)));
        Assert.Equal([3], Receive(other));
    }

    [Fact]
    public void A_message_that_is_given_up_counts_all_its_datagrams()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "UDP_SEGMENT is Linux's");
        OwnedDescriptor near = Bind(IPAddress.Loopback);
        Socket peer = Peer(near);
        Array.ForEach([1, 1, 1, 2], length => peer.Send(new byte[length]));
        var batch = new DatagramBatch(8, named: true);
        Receive(batch, near);

        EnqueueAll(batch);

        Assert.Equal((3, 1, 0), (batch.Skip(), batch.Skip(), batch.Pending));
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.2")]
    [InlineData("::", "127.0.0.3")]
    [InlineData("::", "::1")]
    public void An_answer_leaves_from_the_address_that_was_asked(string bound, string asked)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "IP_PKTINFO is asked for on Linux only");
        OwnedDescriptor near = Bind(IPAddress.Parse(bound));
        SocketOptions.SetReceiveDestination(near.Descriptor, IPAddress.Parse(bound).AddressFamily);
        var target = new IPEndPoint(IPAddress.Parse(asked), SocketFactory.LocalAddress(near.Descriptor)!.Port);
        Socket client = Unconnected(target.Address);
        client.SendTo([7], target);
        var batch = new DatagramBatch(8, named: true);
        Receive(batch, near);

        batch.Enqueue(0, batch.PathOf(0));

        Assert.Equal(1, batch.Send(near.Descriptor).OrThrow("send"));
        EndPoint from = new IPEndPoint(target.Address, 0);
        Assert.Equal(1, client.ReceiveFrom(new byte[8], ref from));
        Assert.Equal(target, from);
    }

    [Fact]
    public void Paths_differ_by_address_port_and_address_asked()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "IP_PKTINFO is asked for on Linux only");
        OwnedDescriptor near = Bind(IPAddress.Any);
        SocketOptions.SetReceiveDestination(near.Descriptor, AddressFamily.InterNetwork);
        int port = SocketFactory.LocalAddress(near.Descriptor)!.Port;
        Socket one = Unconnected(), other = Unconnected();
        one.SendTo([1], new IPEndPoint(IPAddress.Loopback, port));
        one.SendTo([1], new IPEndPoint(IPAddress.Loopback, port));
        one.SendTo([1], new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        other.SendTo([1], new IPEndPoint(IPAddress.Loopback, port));
        var batch = new DatagramBatch(8, named: true);

        Assert.Equal(4, Receive(batch, near));

        DatagramPath[] paths = [.. Enumerable.Range(0, 4).Select(batch.PathOf)];
        Assert.Equal(paths[0], paths[1]);
        Assert.Equal(paths[0].GetHashCode(), paths[1].GetHashCode());
        Assert.Equal(3, paths.Distinct().Count());
    }

    [Fact]
    public void What_found_no_room_in_the_kernel_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SO_RXQ_OVFL is Linux's");
        OwnedDescriptor near = Bind(IPAddress.Loopback);
        SocketOptions.SetReceiveBuffer(near.Descriptor, 4096);
        SocketOptions.SetReceiveOverflows(near.Descriptor);
        Socket peer = Peer(near);
        for (int i = 0; i < 100; i++)
        {
            peer.Send(new byte[200]);
        }

        var batch = new DatagramBatch(128, named: true);
        int kept = Receive(batch, near);
        peer.Send([1]);
        batch.Clear();
        Receive(batch, near);

        Assert.InRange(kept, 1, 99);
        Assert.Equal(100u - (uint)kept, batch.Overflows);
    }

    [Fact]
    public void A_refusal_is_told_at_the_next_call_and_once()
    {
        Socket far = Unconnected();
        OwnedDescriptor upstream = ConnectTo(far);
        OwnedDescriptor near = Bind(IPAddress.Loopback);
        Peer(near).Send([1]);
        far.Dispose();
        var batch = new DatagramBatch(8, named: true);
        Receive(batch, near);
        batch.Enqueue(0);
        Assert.Equal(1, batch.Send(upstream.Descriptor).OrThrow("send"));
        batch.Enqueue(0);

        Assert.Equal(Errno.ECONNREFUSED, batch.Send(upstream.Descriptor).Error);
        Assert.Equal(1, batch.Pending);
        Assert.Equal(1, batch.Send(upstream.Descriptor).OrThrow("send"));
    }

    [Fact]
    public void One_that_is_given_up_holds_up_no_other()
    {
        OwnedDescriptor near = Bind(IPAddress.Loopback);
        Socket peer = Peer(near);
        peer.Send([1]);
        peer.Send([2, 3]);
        Socket far = Unconnected();
        OwnedDescriptor upstream = ConnectTo(far);
        var batch = new DatagramBatch(8, named: true);
        Receive(batch, near);
        batch.Enqueue(0);
        batch.Enqueue(1);

        Assert.Equal(1, batch.Skip());

        Assert.Equal(1, batch.Send(upstream.Descriptor).OrThrow("send"));
        Assert.Equal([2, 3], Receive(far));
    }

    private static void EnqueueAll(DatagramBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            batch.Enqueue(i);
        }
    }

    private static void SendAll(DatagramBatch batch, OwnedDescriptor socket)
    {
        while (batch.Pending > 0)
        {
            batch.Send(socket.Descriptor).OrThrow("sendmmsg");
        }
    }

    private OwnedDescriptor Bind(IPAddress address) => Keep(SocketFactory.BindDatagram(new IPEndPoint(address, 0)));

    private OwnedDescriptor ConnectTo(Socket far)
    {
        var socket = Keep(new OwnedDescriptor(SocketFactory.OpenDatagram(AddressFamily.InterNetwork).OrThrow("socket")));
        SocketIO.Connect(socket.Descriptor, far.LocalEndPoint!).OrThrow("connect");
        return socket;
    }

    private Socket Peer(OwnedDescriptor near)
    {
        Socket socket = Unconnected();
        socket.Connect(SocketFactory.LocalAddress(near.Descriptor)!);
        return socket;
    }

    private Socket Unconnected(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        var socket = Keep(new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.ReceiveTimeout = TestTime.LimitMilliseconds;
        socket.ReceiveBufferSize = socket.SendBufferSize = 1024 * 1024;
        socket.Bind(new IPEndPoint(
            address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0));
        return socket;
    }

    private T Keep<T>(T socket)
        where T : IDisposable
    {
        _sockets.Add(socket);
        return socket;
    }

    // Over loopback, what was sent is there when send(2) returns.
    private static int Receive(DatagramBatch batch, OwnedDescriptor socket) =>
        LoopbackPair.Patiently(() => batch.Receive(socket.Descriptor)).OrThrow("recvmmsg");

    private static byte[] Receive(Socket socket)
    {
        byte[] buffer = new byte[DatagramBatch.MaxDatagramBytes];
        return buffer[..socket.Receive(buffer)];
    }
}
