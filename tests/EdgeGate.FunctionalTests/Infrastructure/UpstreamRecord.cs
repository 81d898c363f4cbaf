using System.Text;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>An upstream's log of the bytes it was sent; it answers whatever has a header, once a connection.</summary>
internal sealed class UpstreamRecord
{
    private readonly StringBuilder _received = new();

    /// <summary>All that came, over all connections.</summary>
    public string Text
    {
        get
        {
            lock (_received)
            {
                return _received.ToString();
            }
        }
    }

    public async Task ServeAsync(RawConnection connection)
    {
        Append(await connection.ReadHeadAsync() ?? "");
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Append(await connection.ReadToEndAsync());
    }

    private void Append(string text)
    {
        lock (_received)
        {
            _received.Append(text);
        }
    }
}
