using System.Buffers;
using System.Net;
using System.Net.Sockets;
using EdgeGate.Native;
using EdgeGate.Native.Interop;
using EdgeGate.Native.Sockets;

namespace EdgeGate.Tests.Sockets;

public sealed class SocketIOTests : IDisposable
{
    private readonly LoopbackPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void Receive_with_nothing_there_would_block()
    {
        SysResult result = SocketIO.Receive(_pair.Descriptor, new byte[16]);

        Assert.True(result.Failed);
        Assert.True(result.WouldBlock);
        Assert.Equal(0, result.Value);
    }

    [Fact]
    public void Receive_gives_bytes_and_then_the_end()
    {
        _pair.Peer.Send([1, 2, 3]);
        _pair.Peer.Shutdown(SocketShutdown.Send);
        byte[] buffer = new byte[16];

        Assert.Equal(3, Receive(buffer).OrThrow("recv"));
        Assert.Equal([1, 2, 3], buffer[..3]);
        Assert.Equal(0, Receive(buffer).OrThrow("recv"));
    }

    [Fact]
    public void Reset_is_an_error_number()
    {
        _pair.PeerResets();

        Assert.Equal(Errno.ECONNRESET, Receive(new byte[16]).Error);
    }

    [Fact]
    public void Send_takes_a_part_and_then_would_block()
    {
        byte[] much = new byte[32 * 1024 * 1024];

        int taken = SocketIO.Send(_pair.Descriptor, much).OrThrow("send");

        Assert.InRange(taken, 1, much.Length - 1);
        _pair.Fill();
        Assert.True(SocketIO.Send(_pair.Descriptor, much).WouldBlock);
    }

    [Fact]
    public void Send_after_the_end_is_EPIPE_and_no_signal()
    {
        SocketIO.ShutdownWrite(_pair.Descriptor).OrThrow("shutdown");

        Assert.Equal(Errno.EPIPE, SocketIO.Send(_pair.Descriptor, [1]).Error);
        Assert.Equal(Errno.EPIPE, SocketIO.SendGathered(_pair.Descriptor, Pieces([1], [2])).Error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(SocketIO.MaxPieces)]
    public void Gathered_pieces_arrive_in_order(int pieces)
    {
        byte[][] sent = [.. Enumerable.Range(0, pieces).Select(i => Enumerable.Repeat((byte)i, i + 1).ToArray())];
        byte[] expected = [.. sent.SelectMany(piece => piece)];

        int taken = SocketIO.SendGathered(_pair.Descriptor, Pieces(sent)).OrThrow("sendmsg");

        Assert.Equal(expected.Length, taken);
        Assert.Equal(expected, PeerReads(taken));
    }

    [Fact]
    public void Gathered_send_takes_so_many_pieces_and_tells_how_much()
    {
        byte[][] sent = [.. Enumerable.Range(0, (2 * SocketIO.MaxPieces) + 5).Select(i => new[] { (byte)i, (byte)i })];
        byte[] expected = [.. sent.SelectMany(piece => piece)];
        ReadOnlySequence<byte> left = Pieces(sent);
        int calls = 0;
        while (!left.IsEmpty)
        {
            left = left.Slice(SocketIO.SendGathered(_pair.Descriptor, left).OrThrow("sendmsg"));
            calls++;
        }

        Assert.Equal(3, calls);
        Assert.Equal(expected, PeerReads(expected.Length));
    }

    [Fact]
    public void Gathered_empty_pieces_are_left_out()
    {
        byte[][] sent = [[], [1], [], [2, 3], []];

        Assert.Equal(3, SocketIO.SendGathered(_pair.Descriptor, Pieces(sent)).OrThrow("sendmsg"));
        Assert.Equal([1, 2, 3], PeerReads(3));
        Assert.Equal(0, SocketIO.SendGathered(_pair.Descriptor, Pieces([], [])).OrThrow("sendmsg"));
    }

    [Fact]
    public void Gathered_send_takes_a_part_and_then_would_block()
    {
        byte[][] much = [.. Enumerable.Range(0, SocketIO.MaxPieces).Select(_ => new byte[1024 * 1024])];

        int taken = SocketIO.SendGathered(_pair.Descriptor, Pieces(much)).OrThrow("sendmsg");

        Assert.InRange(taken, 1, (SocketIO.MaxPieces * 1024 * 1024) - 1);
        _pair.Fill();
        Assert.True(SocketIO.SendGathered(_pair.Descriptor, Pieces(much)).WouldBlock);
    }

    [Fact]
    public void Close_with_reset_is_seen_as_a_reset()
    {
        SocketIO.CloseWithReset(_pair.Near.Release());

        var failure = Assert.Throws<SocketException>(() => _pair.Peer.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    [Fact]
    public void Shutdown_sends_the_end_and_reading_goes_on()
    {
        SocketIO.ShutdownWrite(_pair.Descriptor).OrThrow("shutdown");

        Assert.Equal(0, _pair.Peer.Receive(new byte[1]));
        _pair.Peer.Send([9]);
        Assert.Equal(1, Receive(new byte[16]).OrThrow("recv"));
    }

    [Fact]
    public void Accept_with_nobody_there_would_block()
    {
        using OwnedDescriptor listener = SocketFactory.Listen(new IPEndPoint(IPAddress.Loopback, 0), 1);

        SysResult result = SocketIO.Accept(listener.Descriptor, out IPEndPoint? remote);

        Assert.True(result.WouldBlock);
        Assert.Null(remote);
    }

    [Fact]
    public void Accepted_socket_blocks_nobody_and_leaks_into_no_child() =>
        AssertNonBlockingAndCloseOnExec(_pair.Descriptor);

    [Fact]
    public void Flags_that_the_system_cannot_set_at_creation_are_set_after_it()
    {
        using var blocking = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        int descriptor = (int)blocking.Handle;
        _ = Libc.fcntl(descriptor, SocketConstants.F_SETFD, 0);

        SocketFactory.SetNonBlockingAndCloseOnExec(descriptor);

        AssertNonBlockingAndCloseOnExec(new Descriptor(descriptor));
    }

    [Fact]
    public void Connect_is_under_way_and_ends_well()
    {
        using OwnedDescriptor listener = SocketFactory.Listen(new IPEndPoint(IPAddress.Loopback, 0), 1);
        using var dialled = new OwnedDescriptor(SocketFactory.OpenStream(AddressFamily.InterNetwork).OrThrow("socket"));

        SysResult result = SocketIO.Connect(dialled.Descriptor, SocketFactory.LocalAddress(listener.Descriptor)!);

        Assert.True(!result.Failed || result.Error == Errno.EINPROGRESS, result.Error.ToString());
        SysResult accepted = LoopbackPair.Patiently(() => SocketIO.Accept(listener.Descriptor, out _));
        SocketIO.Close(new Descriptor(accepted.OrThrow("accept")));
        Assert.Equal(Errno.None, SocketOptions.TakeError(dialled.Descriptor));
    }

    [Fact]
    public void Listening_where_somebody_listens_says_so()
    {
        using OwnedDescriptor first = SocketFactory.Listen(new IPEndPoint(IPAddress.Loopback, 0), 1);
        IPEndPoint taken = SocketFactory.LocalAddress(first.Descriptor)!;

        var failure = Assert.Throws<SysException>(() => SocketFactory.Listen(taken, 1));

        Assert.Equal(Errno.EADDRINUSE, failure.Error);
        Assert.Contains(taken.ToString(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unspecified_IPv6_address_serves_both_families_and_shows_IPv4_clients_as_such()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        using OwnedDescriptor listener = SocketFactory.Listen(new IPEndPoint(IPAddress.IPv6Any, 0), 1);
        int port = SocketFactory.LocalAddress(listener.Descriptor)!.Port;
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, port);

        IPEndPoint? remote = null;
        SysResult accepted = LoopbackPair.Patiently(() => SocketIO.Accept(listener.Descriptor, out remote));
        SocketIO.Close(new Descriptor(accepted.OrThrow("accept")));

        Assert.Equal(client.LocalEndPoint, remote);
    }

    [Fact]
    public void Error_text_is_the_system_s() => Assert.Equal("Connection refused", Errno.ECONNREFUSED.ToString());

    private static void AssertNonBlockingAndCloseOnExec(Descriptor descriptor)
    {
        int status = Libc.fcntl(descriptor.Number, SocketConstants.F_GETFL, 0);
        int flags = Libc.fcntl(descriptor.Number, SocketConstants.F_GETFD, 0);
        Assert.Equal(SocketConstants.O_NONBLOCK, status & SocketConstants.O_NONBLOCK);
        Assert.Equal(SocketConstants.FD_CLOEXEC, flags & SocketConstants.FD_CLOEXEC);
    }

    private SysResult Receive(byte[] buffer) => LoopbackPair.Patiently(() => SocketIO.Receive(_pair.Descriptor, buffer));

    private byte[] PeerReads(int count)
    {
        byte[] bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            int got = _pair.Peer.Receive(bytes, read, count - read, SocketFlags.None);
            Assert.NotEqual(0, got);
            read += got;
        }

        return bytes;
    }

    private static ReadOnlySequence<byte> Pieces(params byte[][] pieces)
    {
        var first = new Piece(pieces[0], 0);
        Piece last = pieces.Skip(1).Aggregate(first, (previous, piece) => previous.Then(piece));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        internal Piece(byte[] bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        internal Piece Then(byte[] bytes)
        {
            var next = new Piece(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
