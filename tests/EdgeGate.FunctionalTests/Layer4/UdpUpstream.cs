using System.Net;
using System.Net.Sockets;

namespace EdgeGate.FunctionalTests.Layer4;

/// <summary>A UDP server of the test's own, on the framework's sockets.</summary>
internal sealed class UdpUpstream : IAsyncDisposable
{
    private const int BufferBytes = 4 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly Task _serving;
    private int _received;

    /// <param name="answers">What a datagram is answered with.</param>
    /// <param name="at">Where, if not on a free port of loopback.</param>
    internal UdpUpstream(Func<byte[], IEnumerable<byte[]>> answers, IPEndPoint? at = null)
    {
        at ??= new IPEndPoint(IPAddress.Loopback, 0);
        _socket = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = BufferBytes,
            SendBufferSize = BufferBytes,
        };
        _socket.Bind(at);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _serving = ServeAsync(answers);
    }

    internal IPEndPoint EndPoint { get; }

    /// <summary>Has the kernel cut what is sent into datagrams of this size: udp(7), UDP_SEGMENT.</summary>
    internal int SegmentBytes
    {
        set => _socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(value));
    }

    /// <summary>Datagrams that came so far.</summary>
    internal int Received => Volatile.Read(ref _received);

    /// <summary>Sends back what comes.</summary>
    internal static UdpUpstream Echo(IPEndPoint? at = null) => new(datagram => [datagram], at);

    /// <summary>Answers all with the same.</summary>
    internal static UdpUpstream Saying(byte answer) => new(_ => [[answer]]);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _serving;
    }

    private async Task ServeAsync(Func<byte[], IEnumerable<byte[]>> answers)
    {
        byte[] buffer = new byte[64 * 1024];
        var any = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            try
            {
                SocketReceiveFromResult got = await _socket.ReceiveFromAsync(buffer, any);
                Volatile.Write(ref _received, _received + 1);
                foreach (byte[] answer in answers(buffer[..got.ReceivedBytes]))
                {
                    await _socket.SendToAsync(answer, got.RemoteEndPoint);
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
            {
                // Somebody who asked has gone.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
