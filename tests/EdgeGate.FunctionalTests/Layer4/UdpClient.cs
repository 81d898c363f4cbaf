using System.Net;
using System.Net.Sockets;

namespace EdgeGate.FunctionalTests.Layer4;

/// <summary>
/// A client whose socket is connected, so that the kernel shows it nothing but what comes from the address it asked.
/// </summary>
internal sealed class UdpClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Socket _socket;

    internal UdpClient(IPEndPoint server, IPAddress? from = null)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 1024 * 1024,
            SendBufferSize = 1024 * 1024,
        };
        if (from is not null)
        {
            _socket.Bind(new IPEndPoint(from, 0));
        }

        _socket.Connect(server);
    }

    /// <summary>As the gateway sees it.</summary>
    internal string Source => _socket.LocalEndPoint!.ToString()!;

    /// <summary>Has the kernel cut what is sent into datagrams of this size: udp(7), UDP_SEGMENT.</summary>
    internal int SegmentBytes
    {
        set => _socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(value));
    }

    /// <summary>Whether nothing waits to be read.</summary>
    internal bool IsSilent => !_socket.Poll(0, SelectMode.SelectRead);

    internal async Task SendAsync(byte[] datagram) => await _socket.SendAsync(datagram);

    /// <summary>The next datagram.</summary>
    internal async Task<byte[]> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        return _buffer[..await _socket.ReceiveAsync(_buffer, deadline.Token)];
    }

    /// <summary>Sends one and receives one.</summary>
    internal async Task<byte[]> AskAsync(params byte[] datagram)
    {
        await SendAsync(datagram);
        return await ReceiveAsync();
    }

    public void Dispose() => _socket.Dispose();
}
