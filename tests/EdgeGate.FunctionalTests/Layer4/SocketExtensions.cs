using System.Net;
using System.Net.Sockets;

namespace EdgeGate.FunctionalTests.Layer4;

/// <summary>What a test's sockets do all the time.</summary>
internal static class SocketExtensions
{
    internal static async Task<Socket> ConnectAsync(this IPEndPoint endPoint, IPAddress? from = null)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (from is not null)
        {
            socket.Bind(new IPEndPoint(from, 0));
        }

        await socket.ConnectAsync(endPoint);
        return socket;
    }

    internal static async Task SendAllAsync(this Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    internal static async Task ReceiveExactlyAsync(this Socket socket, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int received = await socket.ReceiveAsync(buffer);
            Assert.True(received > 0, $"the stream ended {buffer.Length} bytes too early");
            buffer = buffer[received..];
        }
    }

    /// <summary>Sends a byte to an echo and waits for it to come back.</summary>
    internal static async Task EchoByteAsync(this Socket socket)
    {
        byte[] one = [7];
        await socket.SendAllAsync(one);
        await socket.ReceiveExactlyAsync(one).WaitAsync(TimeSpan.FromSeconds(5));
    }

    /// <summary>The same over a connection of its own.</summary>
    internal static async Task EchoByteAsync(this UnixDomainSocketEndPoint address)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(address);
        await client.EchoByteAsync();
    }

    /// <summary>Reads to the FIN.</summary>
    internal static async Task<byte[]> ReceiveToEndAsync(this Socket socket)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        int received;
        while ((received = await socket.ReceiveAsync(buffer)) > 0)
        {
            all.Write(buffer, 0, received);
        }

        return all.ToArray();
    }

    /// <summary>Closes with a reset.</summary>
    internal static void Reset(this Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }
}
