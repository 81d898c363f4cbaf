using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>One end of a TCP connection, for tests that care about every byte. Text is Latin-1: a char, a byte.</summary>
internal sealed class RawConnection(Socket socket, CancellationToken token) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly StringBuilder _pending = new();

    public static async Task<RawConnection> ConnectAsync(
        IPEndPoint peer, CancellationToken token, int? receiveBuffer = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        await socket.ConnectAsync(peer, token);
        return new RawConnection(socket, token);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, token)..];
        }
    }

    /// <summary>Everything up to and including the empty line; null when the peer ended before its first byte.</summary>
    public async Task<string?> ReadHeadAsync()
    {
        int end;
        while ((end = _pending.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            if (!await FillAsync())
            {
                return _pending.Length == 0 ? null : throw new EndOfStreamException(_pending.ToString());
            }
        }

        return Take(end + 4);
    }

    public async Task<string> ReadAsync(int length)
    {
        while (_pending.Length < length)
        {
            if (!await FillAsync())
            {
                throw new EndOfStreamException(_pending.ToString());
            }
        }

        return Take(length);
    }

    /// <summary>Reads until the peer's clean end; a reset throws.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
        }

        return Take(_pending.Length);
    }

    /// <summary>Waits for the peer to go, cleanly or not.</summary>
    public async Task WaitForCloseAsync()
    {
        try
        {
            await ReadToEndAsync();
        }
        catch (SocketException)
        {
        }
    }

    /// <summary>Closes with a reset, as a peer does that has crashed.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    public void Dispose() => socket.Dispose();

    private async Task<bool> FillAsync()
    {
        var received = await socket.ReceiveAsync(_buffer.AsMemory(), token);
        _pending.Append(Encoding.Latin1.GetString(_buffer, 0, received));
        return received > 0;
    }

    private string Take(int length)
    {
        var taken = _pending.ToString(0, length);
        _pending.Remove(0, length);
        return taken;
    }
}
