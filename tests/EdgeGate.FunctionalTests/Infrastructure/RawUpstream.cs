using System.Net;
using System.Net.Sockets;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>An upstream that is only a listening socket: the test says what each connection does.</summary>
internal sealed class RawUpstream : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationToken _token;
    private int _accepted;

    public RawUpstream(Func<RawConnection, Task> serve, CancellationToken token)
    {
        _token = token;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = AcceptAsync(serve);
    }

    /// <summary>Answers each request without a body with a 200 and always the same text.</summary>
    public static RawUpstream Answering(string body, CancellationToken token) => new(
        async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
            {
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            }
        },
        token);

    public Uri Address => new($"http://{_listener.LocalEndPoint}");

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(Func<RawConnection, Task> serve)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_token);
                Interlocked.Increment(ref _accepted);
                _ = ServeAsync(serve, new RawConnection(socket, _token));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private static async Task ServeAsync(Func<RawConnection, Task> serve, RawConnection connection)
    {
        using (connection)
        {
            try
            {
                await serve(connection);
            }
            catch (Exception gone) when (gone is SocketException or EndOfStreamException or ObjectDisposedException
                or OperationCanceledException)
            {
                // The gateway left; a test that minds catches it itself.
            }
        }
    }
}
