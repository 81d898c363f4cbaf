using System.Net.Sockets;
using System.Runtime.InteropServices;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>One end of a connection that writes, pauses, and at last half-closes or resets, as its seed says.</summary>
internal sealed class RandomPeer(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<byte> _sent = [];
    private readonly List<byte> _received = [];

    /// <summary>All that it gave to the kernel; of the last write perhaps less than it holds was taken.</summary>
    public ReadOnlySpan<byte> Sent => CollectionsMarshal.AsSpan(_sent);

    public ReadOnlySpan<byte> Received => CollectionsMarshal.AsSpan(_received);

    /// <summary>Whether it ended by a reset.</summary>
    public bool Reset { get; private set; }

    /// <summary>Whether the other end came to a clean end.</summary>
    public bool SawEnd { get; private set; }

    public async Task PlayAsync(Socket socket)
    {
        var reading = ReadAsync(socket);
        try
        {
            await WriteAsync(socket);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The other end has reset: what it got until then is what counts.
        }

        await reading;
        socket.Dispose();
    }

    private async Task WriteAsync(Socket socket)
    {
        for (int i = _random.Next(12); i > 0; i--)
        {
            byte[] bytes = new byte[_random.Next(4) == 0 ? _random.Next(300_000) : _random.Next(1, 2000)];
            _random.NextBytes(bytes);
            _sent.AddRange(bytes);
            await socket.SendAllAsync(bytes);
            if (_random.Next(3) == 0)
            {
                await Task.Delay(_random.Next(30));
            }
        }

        if (_random.Next(4) == 0)
        {
            Reset = true;
            socket.Reset();
            return;
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private async Task ReadAsync(Socket socket)
    {
        byte[] buffer = new byte[32 * 1024];
        try
        {
            int received;
            while ((received = await socket.ReceiveAsync(buffer)) > 0)
            {
                _received.AddRange(buffer.AsSpan(0, received));
            }

            SawEnd = true;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
        }
    }
}
