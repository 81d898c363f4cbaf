using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>
/// A TCP server that says its one-letter name to whoever connects, then echoes; and that can be killed with all its
/// connections, and come back at the same address.
/// </summary>
internal sealed class NamedUpstream : IDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private readonly Lock _lock = new();
    private Socket? _listener;
    private int _accepted;

    public NamedUpstream(char name, IPEndPoint? at = null)
    {
        Name = name;
        EndPoint = at ?? new IPEndPoint(IPAddress.Loopback, Ports.Free());
        Start();
    }

    public char Name { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>Connections so far, over all its lives.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that are open.</summary>
    public int Open => _open.Count;

    public void Start()
    {
        lock (_lock)
        {
            _listener = new Socket(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _listener.Bind(EndPoint);
            _listener.Listen(1024);
            _ = AcceptAsync(_listener);
        }
    }

    /// <summary>From its return on, connects are refused and no connection is left.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
            foreach (Socket socket in _open.Keys)
            {
                Reset(socket);
            }
        }
    }

    public void Dispose() => Kill();

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself at the same moment.
        }
        catch (SocketException)
        {
            socket.Dispose(); // its peer has reset it before us
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptAsync();
                lock (_lock)
                {
                    _open[socket] = true;
                    if (_listener != listener)
                    {
                        socket.Dispose(); // accepted while it was being killed
                    }
                }

                Interlocked.Increment(ref _accepted);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        byte[] buffer = [(byte)Name, .. new byte[1023]];
        try
        {
            socket.NoDelay = true;
            int length = 1;
            do
            {
                await socket.SendAsync(buffer.AsMemory(0, length));
                length = await socket.ReceiveAsync(buffer);
            }
            while (length > 0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The gateway left, or it was killed.
        }

        _open.TryRemove(socket, out _);
        socket.Dispose();
    }
}
