using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>Clients that all connect, send one byte, and wait for what becomes of them.</summary>
internal sealed class Flood : IDisposable
{
    private readonly ConcurrentBag<Socket> _sockets = [];
    private int _served;
    private int _reset;
    private int _ended;

    /// <summary>Those that got their byte back.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <summary>Those that saw a reset.</summary>
    public int Reset => Volatile.Read(ref _reset);

    /// <summary>Those that were ended in another way.</summary>
    public int Ended => Volatile.Read(ref _ended);

    public static Flood Of(int clients, IPEndPoint target)
    {
        var flood = new Flood();
        for (int i = 0; i < clients; i++)
        {
            _ = flood.ClientAsync(target);
        }

        return flood;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Reset();
        }
    }

    private async Task ClientAsync(IPEndPoint target)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        try
        {
            await socket.ConnectAsync(target);
            byte[] one = [1];
            await socket.SendAllAsync(one);
            if (await socket.ReceiveAsync(one) == 0)
            {
                Interlocked.Increment(ref _ended);
                return;
            }

            Interlocked.Increment(ref _served);
        }
        catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            Interlocked.Increment(ref _reset); // Shutdown is EPIPE: the reset came before the byte was sent
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            Interlocked.Increment(ref _ended);
        }
    }
}
