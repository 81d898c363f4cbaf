using EdgeGate.Transport;

namespace EdgeGate.Logging;

/// <summary>The end of a layer-4 connection.</summary>
internal sealed class ConnectionEntry(DateTimeOffset ended, ConnectionSnapshot connection, CloseReason reason, string? cluster)
    : LogEntry
{
    public override void Write(ILogLine line)
    {
        line.Time("time", ended);
        line.Text("kind", "connection");
        line.Number("id", connection.Id);
        line.Text("listener", connection.Listener);
        line.Text("protocol", connection.Protocol);
        line.Text("client", connection.Source);
        line.Text("sni", connection.ServerName);
        line.Text("cluster", cluster);
        line.Text("upstream", connection.Destination is { Length: > 0 } destination ? destination : null);
        line.Number("bytesIn", connection.BytesReceived);
        line.Number("bytesOut", connection.BytesSent);
        line.Number("upstreamBytesIn", connection.UpstreamBytesReceived);
        line.Number("upstreamBytesOut", connection.UpstreamBytesSent);
        line.Seconds("duration", connection.Age);
        line.Seconds("rtt", connection.Tcp?.RoundTripTime);
        line.Number("retransmits", connection.Tcp?.Retransmits);
        line.Text("reason", reason.ToString().ToLowerInvariant());
    }
}
