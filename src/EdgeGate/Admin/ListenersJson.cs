using System.Text.Json;
using EdgeGate.Daemon;
using EdgeGate.Http;
using EdgeGate.Transport;

namespace EdgeGate.Admin;

/// <summary>The listeners, where they listen and what went through them since the start.</summary>
internal static class ListenersJson
{
    public static void Write(Utf8JsonWriter json, Gateway gateway)
    {
        json.WriteStartArray("listeners");
        foreach (ServedListener listener in gateway.Served)
        {
            Write(json, gateway, listener);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Gateway gateway, ServedListener listener)
    {
        ListenerStats stats = listener.Sockets[0].Socket.Stats; // all its sockets share them
        json.WriteStartObject();
        json.WriteString("name", listener.Config.Name);
        json.WriteString("protocol", stats.Protocol);
        json.WriteStartArray("addresses");
        foreach (BoundSocket socket in listener.Sockets)
        {
            json.WriteStringValue(socket.Socket.EndPoint.ToString());
        }

        json.WriteEndArray();
        json.WriteNumber("active", stats.Sum(static cell => cell.Active));
        if (gateway.Plan.Listeners.FirstOrDefault(l => l.Listener == listener.Config.Name) is { } planned)
        {
            json.WriteNumber("maximum", planned.MaxConnections);
        }

        json.WriteNumber("queue", listener.Sockets.Sum(static s => s.Socket is Listener streams ? streams.QueueLength : 0));
        SocketGrants granted = listener.Sockets[0].Socket.Granted;
        Write(json, "backlog", granted.Backlog);
        Write(json, "receiveBuffer", granted.ReceiveBufferBytes);
        Write(json, "sendBuffer", granted.SendBufferBytes);
        json.WriteNumber("accepted", stats.Sum(static cell => cell.Accepted));
        json.WriteNumber("rejected", Enum.GetValues<RejectReason>().Sum(reason => stats.Sum(cell => cell.Rejected(reason))));
        json.WriteNumber("bytesIn", stats.Sum(static cell => cell.ClientReceived));
        json.WriteNumber("bytesOut", stats.Sum(static cell => cell.ClientSent));
        if (listener.Http?.Certificates is { Count: > 0 } certificates)
        {
            Write(json, certificates);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ServedCertificate> certificates)
    {
        json.WriteStartArray("certificates");
        foreach (ServedCertificate certificate in certificates)
        {
            json.WriteStartObject();
            json.WriteString("path", certificate.Path);
            json.WriteString("subject", certificate.Subject);
            json.WriteString("notBefore", certificate.NotBefore);
            json.WriteString("notAfter", certificate.NotAfter);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }
}
