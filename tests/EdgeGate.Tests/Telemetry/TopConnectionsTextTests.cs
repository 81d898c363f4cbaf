using System.Net;
using EdgeGate.Telemetry;
using EdgeGate.Transport;

namespace EdgeGate.Tests.Telemetry;

public sealed class TopConnectionsTextTests
{
    [Fact]
    public void Each_connection_has_a_series_of_each_gauge_with_its_labels_escaped()
    {
        string text = TopConnectionsText.Write([Connection(7, "a\"b\\c", 1500), Connection(8, "web", null)]);

        Assert.Contains(
            "edgegate_top_connection_received_bytes{connection=\"7\",listener=\"a\\\"b\\\\c\",source=\"10.0.0.1:7\"} 100\n",
            text,
            StringComparison.Ordinal);
        Assert.Contains("\nedgegate_top_connection_sent_bytes{connection=\"8\",", text, StringComparison.Ordinal);
        Assert.Contains("source=\"10.0.0.1:7\"} 0.0015\n", text, StringComparison.Ordinal);
        Assert.Equal(4 * 3 + 7, text.Count(c => c == '\n')); // of the round-trip time, one is not known
    }

    [Fact]
    public void Without_connections_there_is_nothing() => Assert.Equal("", TopConnectionsText.Write([]));

    private static ConnectionSnapshot Connection(long id, string listener, uint? microseconds) => new()
    {
        Id = id,
        Listener = listener,
        Protocol = "tcp",
        Remote = new IPEndPoint(IPAddress.Parse("10.0.0.1"), (int)id),
        State = "open",
        Age = TimeSpan.FromSeconds(2),
        Idle = TimeSpan.Zero,
        BytesReceived = 100,
        BytesSent = 200,
        UpstreamBytesReceived = null,
        UpstreamBytesSent = null,
        Tcp = microseconds is { } rtt ? new TcpSample(rtt, 0, 0, 0) : null,
    };
}
