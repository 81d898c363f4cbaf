using EdgeGate.Transport;

namespace EdgeGate.Logging;

/// <summary>The end of a layer-4 connection.</summary>
internal sealed class ConnectionEntry(DateTimeOffset ended, ConnectionSnapshot connection, CloseReason reason, string? cluster)
    : LogEntry
{
    public override void Write(LogLine line)
    {
        line.Time("time"u8, ended);
        line.Text("kind"u8, "connection");
        line.Number("id"u8, connection.Id);
        line.Text("listener"u8, connection.Listener);
        line.Text("protocol"u8, connection.Protocol);
        line.EndPoint("client"u8, connection.Remote?.Address, connection.Remote?.Port ?? 0);
        line.Text("sni"u8, connection.ServerName);
        line.Text("cluster"u8, cluster);
        line.Text("upstream"u8, connection.Destination is { Length: > 0 } destination ? destination : null);
        line.Number("bytesIn"u8, connection.BytesReceived);
        line.Number("bytesOut"u8, connection.BytesSent);
        line.Number("upstreamBytesIn"u8, connection.UpstreamBytesReceived);
        line.Number("upstreamBytesOut"u8, connection.UpstreamBytesSent);
        line.Seconds("duration"u8, connection.Age);
        line.Seconds("rtt"u8, connection.Tcp?.RoundTripTime);
        line.Number("retransmits"u8, connection.Tcp?.Retransmits);
        line.Text("reason"u8, reason.ToString().ToLowerInvariant());
    }
}
