using System.Diagnostics;
using System.Text.Json;
using EdgeGate.CommandLine;
using EdgeGate.Daemon;
using EdgeGate.Limits;
using EdgeGate.Transport;

namespace EdgeGate.Admin;

/// <summary>Makes one snapshot after the other; what is a rate, it takes from the one before.</summary>
internal sealed class SnapshotMaker(Gateway gateway, StatusEndpoint status, LimitsEndpoint limits)
{
    private readonly ClustersEndpoint _clusters = new(gateway);
    private readonly TimeSpan[] _busy = new TimeSpan[gateway.Loops.Loops.Count];
    private Dictionary<long, (long In, long Out)> _bytes = [];
    private long _taken; // 0: there was none before, or it is too old to be compared with
    private CapacityPlan? _plan;
    private byte[] _planJson = [];

    /// <summary>Lets the next one be the first: after a pause, a rate would be that of the pause.</summary>
    public void Forget()
    {
        _bytes = [];
        _taken = 0;
    }

    public async Task<LiveSnapshot> MakeAsync()
    {
        IReadOnlyList<ConnectionSnapshot> connections = await gateway.Table.ListAsync();
        long now = Stopwatch.GetTimestamp();
        double seconds = _taken == 0 ? 0 : Stopwatch.GetElapsedTime(_taken, now).TotalSeconds;
        _taken = now;
        List<ConnectionRow> rows = Rate(connections, seconds);
        if (_plan != gateway.Plan)
        {
            _plan = gateway.Plan;
            _planJson = Json(json => CheckJson.WritePlan(json, _plan));
        }

        return new LiveSnapshot(Json(json => WriteState(json, seconds)), _planJson, rows);
    }

    private List<ConnectionRow> Rate(IReadOnlyList<ConnectionSnapshot> connections, double seconds)
    {
        var rows = new List<ConnectionRow>(connections.Count);
        var bytes = new Dictionary<long, (long, long)>(connections.Count);
        foreach (ConnectionSnapshot connection in connections)
        {
            bytes[connection.Id] = (connection.BytesReceived, connection.BytesSent);
            rows.Add(seconds > 0 && _bytes.TryGetValue(connection.Id, out var before)
                ? new ConnectionRow(
                    connection, (connection.BytesReceived - before.In) / seconds, (connection.BytesSent - before.Out) / seconds)
                : new ConnectionRow(connection));
        }

        _bytes = bytes;
        return rows;
    }

    private void WriteState(Utf8JsonWriter json, double seconds)
    {
        status.Write(json);
        limits.WriteNow(json);
        json.WriteStartArray("loops");
        foreach (EventLoop loop in gateway.Loops.Loops)
        {
            TimeSpan busy = loop.BusyTime;
            json.WriteStartObject();
            json.WriteNumber("index", loop.Index);
            json.WriteNumber("connections", loop.Connections);
            if (seconds > 0)
            {
                json.WriteNumber("utilization", Math.Clamp((busy - _busy[loop.Index]).TotalSeconds / seconds, 0, 1));
            }

            json.WriteEndObject();
            _busy[loop.Index] = busy;
        }

        json.WriteEndArray();
        json.WritePropertyName("clusters");
        _clusters.Write(json);
    }

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, AdminJson.Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
