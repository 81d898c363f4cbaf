using System.Globalization;
using System.Text;
using EdgeGate.Transport;

namespace EdgeGate.Telemetry;

/// <summary>
/// The series of the top connections, as text for a scrape: Prometheus' text format and OpenMetrics write gauges alike.
/// </summary>
/// <remarks>
/// They do not go through OpenTelemetry, because their labels change for as long as the daemon lives: its SDK keeps a
/// place for every set of labels that it ever saw, and after 2,000 sets shows one series for all (tried with 1.20.1).
/// </remarks>
internal static class TopConnectionsText
{
    private static readonly (string Name, string Unit, string Help, Func<ConnectionSnapshot, double?> Value)[] Gauges =
    [
        ("edgegate_top_connection_received_bytes", "bytes", "Bytes from the client.", c => c.BytesReceived),
        ("edgegate_top_connection_sent_bytes", "bytes", "Bytes to the client.", c => c.BytesSent),
        ("edgegate_top_connection_rtt_seconds", "seconds", "Smoothed round-trip time of the client.",
            c => c.Tcp?.RoundTripTime.TotalSeconds),
        ("edgegate_top_connection_age_seconds", "seconds", "Time since the connection was accepted.",
            c => c.Age.TotalSeconds),
    ];

    /// <summary>Writes the gauges of all; nothing for none.</summary>
    public static string Write(IReadOnlyList<ConnectionSnapshot> connections)
    {
        if (connections.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder();
        string[] labels = [.. connections.Select(LabelsOf)];
        foreach (var (name, unit, help, value) in Gauges)
        {
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} gauge\n# UNIT {name} {unit}\n# HELP {name} {help}\n");
            for (int i = 0; i < labels.Length; i++)
            {
                if (value(connections[i]) is { } measured)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels[i]}}} {measured}\n");
                }
            }
        }

        return text.ToString();
    }

    private static string LabelsOf(ConnectionSnapshot connection) =>
        $"connection=\"{connection.Id}\",listener=\"{Escape(connection.Listener)}\",source=\"{Escape(connection.Source)}\"";

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
