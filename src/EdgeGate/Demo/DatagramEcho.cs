using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Demo;

/// <summary>A UDP echo on a loopback port that the kernel chooses.</summary>
internal sealed class DatagramEcho : IAsyncDisposable
{
    private const int MaxDatagramBytes = 64 * 1024;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _echoing;

    public DatagramEcho()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _echoing = EchoAsync();
    }

    /// <summary>Where it is.</summary>
    public IPEndPoint EndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _echoing;
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task EchoAsync()
    {
        byte[] buffer = new byte[MaxDatagramBytes];
        var asker = new SocketAddress(AddressFamily.InterNetwork);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                int count = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, asker, _stopping.Token);
                await _socket.SendToAsync(buffer.AsMemory(0, count), SocketFlags.None, asker, _stopping.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The asker has gone, or the demonstration ends.
            }
        }
    }
}
