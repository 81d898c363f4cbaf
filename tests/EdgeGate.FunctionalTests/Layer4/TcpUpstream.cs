using System.Net;
using System.Net.Sockets;

namespace EdgeGate.FunctionalTests.Layer4;

/// <summary>A TCP server of the test's own, on the framework's sockets.</summary>
internal sealed class TcpUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Task _serving;
    private int _accepted;

    internal TcpUpstream(Func<Socket, Task> serve)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _serving = ServeAsync(serve);
    }

    internal IPEndPoint EndPoint { get; }

    /// <summary>Connections that came so far.</summary>
    internal int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Sends back what comes, and passes on the FIN.</summary>
    internal static TcpUpstream Echo() => new(EchoAsync);

    internal static async Task EchoAsync(Socket socket)
    {
        byte[] buffer = new byte[16 * 1024];
        int received;
        while ((received = await socket.ReceiveAsync(buffer)) > 0)
        {
            await socket.SendAllAsync(buffer.AsMemory(0, received));
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync(Func<Socket, Task> serve)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            Volatile.Write(ref _accepted, _accepted + 1);
            socket.NoDelay = true;
            _ = ServeOneAsync(serve, socket);
        }
    }

    private static async Task ServeOneAsync(Func<Socket, Task> serve, Socket socket)
    {
        using (socket)
        {
            try
            {
                await serve(socket);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The client went away: what it lost shows at its own end.
            }
        }
    }
}
