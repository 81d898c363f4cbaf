using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>The service manager's end of sd_notify(3).</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _messages = [];

    /// <param name="isAbstract">Whether it has a name of the abstract namespace instead of a path.</param>
    public NotifySocket(bool isAbstract = false)
    {
        Path = isAbstract ? $"@edgegate-test-{Guid.NewGuid():N}" : System.IO.Path.Combine(_folder.Path, "notify");
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + Path[1..] : Path));
        _ = ReceiveAsync();
    }

    /// <summary>What NOTIFY_SOCKET is to be.</summary>
    public string Path { get; }

    /// <summary>The states told so far, in order: READY, RELOADING, STOPPING.</summary>
    public string[] States => [.. _messages.SelectMany(message => message.Split('\n'))
        .Where(line => line.EndsWith("=1", StringComparison.Ordinal)
            && !line.StartsWith("WATCHDOG", StringComparison.Ordinal)).Select(line => line[..^2])];

    public string[] Messages => [.. _messages];

    /// <summary>How often the watchdog was fed so far.</summary>
    public int Feedings => _messages.Count(message => message.Contains("WATCHDOG=1", StringComparison.Ordinal));

    /// <summary>The last text for people.</summary>
    public string? Status => _messages.SelectMany(message => message.Split('\n'))
        .LastOrDefault(line => line.StartsWith("STATUS=", StringComparison.Ordinal))?["STATUS=".Length..];

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                int received = await _socket.ReceiveAsync(buffer);
                _messages.Enqueue(Encoding.UTF8.GetString(buffer, 0, received));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }
}
