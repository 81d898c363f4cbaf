using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;

namespace EdgeGate.FunctionalTests.Takeover;

/// <summary>
/// Clients of every kind, each of which goes on until it is told to stop, and none of which forgives: whatever is
/// refused, reset or ended too early is kept as a failure.
/// </summary>
internal sealed class SteadyLoad(CancellationToken deadline) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _clients = [];
    private readonly ConcurrentQueue<string> _failures = [];
    private readonly ConcurrentDictionary<string, int> _done = [];

    /// <summary>What went wrong so far.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>How much went well, by the kind of client.</summary>
    public IReadOnlyDictionary<string, int> Done => _done;

    /// <summary>Requests on one connection, until an answer says that it is the last there.</summary>
    public void KeepAlive(IPEndPoint server) => Run("keep-alive", async () =>
    {
        using RawConnection connection = await RawConnection.ConnectAsync(server, deadline);
        bool goesOn = true;
        while (goesOn && !_stop.IsCancellationRequested)
        {
            await connection.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            string head = await connection.ReadHeadAsync() ?? throw new EndOfStreamException("closed instead of answered");
            Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
            Assert.Equal("hello", await connection.ReadAsync(5));
            goesOn = !head.Contains("Connection: close", StringComparison.OrdinalIgnoreCase);
            Count("keep-alive");
            await Task.Delay(Pause, deadline);
        }
    });

    /// <summary>A connection for each request.</summary>
    public void Requests(IPEndPoint server) => Run("requests", async () =>
    {
        using RawConnection connection = await RawConnection.ConnectAsync(server, deadline);
        await connection.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.EndsWith("hello", await connection.ReadToEndAsync(), StringComparison.Ordinal);
        Count("requests");
    });

    /// <summary>A handshake and a request for each connection.</summary>
    public void Secure(IPEndPoint server) => Run("secure", async () =>
    {
        using Socket socket = await server.ConnectAsync();
        await using var tls = new SslStream(new NetworkStream(socket), false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(), deadline);
        using var reader = new StreamReader(tls, Encoding.ASCII);
        Assert.EndsWith("hello", await reader.ReadToEndAsync(deadline), StringComparison.Ordinal);
        Count("secure");
    });

    /// <summary>A WebSocket that stays for good, and says something again and again.</summary>
    public void WebSocket(IPEndPoint server) => Run("websocket", async () =>
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{server}/socket"), deadline);
        byte[] buffer = new byte[16];
        while (!_stop.IsCancellationRequested)
        {
            await socket.SendAsync(new byte[] { 1, 2, 3 }, WebSocketMessageType.Binary, true, deadline);
            Assert.Equal(3, (await socket.ReceiveAsync(buffer, deadline)).Count);
            Count("websocket");
            await Task.Delay(Pause, deadline);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline);
    });

    /// <summary>A relayed connection that stays for good, or for one exchange.</summary>
    public void Relay(IPEndPoint server, bool stays) => Run("relay", async () =>
    {
        using Socket socket = await server.ConnectAsync();
        do
        {
            byte[] one = [7];
            await socket.SendAllAsync(one);
            await socket.ReceiveExactlyAsync(one).WaitAsync(deadline);
            Count(stays ? "long relay" : "relay");
            await Task.Delay(Pause, deadline);
        }
        while (stays && !_stop.IsCancellationRequested);
        socket.Shutdown(SocketShutdown.Send);
        Assert.Empty(await socket.ReceiveToEndAsync().WaitAsync(deadline));
    });

    /// <summary>Has every client finish what it is at.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
    }

    public void Dispose() => _stop.Dispose();

    private void Run(string kind, Func<Task> once) => _clients.Add(Task.Run(async () =>
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await once();
                await Task.Delay(Pause, deadline);
            }
            catch (Exception e) when (_failures.Count < 20)
            {
                _failures.Enqueue($"{kind}: {e.GetType().Name}: {e.Message}");
            }
        }
    }));

    private void Count(string kind) => _done.AddOrUpdate(kind, 1, (_, count) => count + 1);
}
