using System.Net;
using EdgeGate.Configuration;
using EdgeGate.Transport;
using EdgeGate.Transport.Admission;

namespace EdgeGate.Daemon;

/// <summary>Translates a listener's configuration into the transport's terms.</summary>
internal static class TransportOptions
{
    public static ListenerOptions Of(ListenerConfig listener, EndPoint endPoint, ListenerQuota quota, SourceGate sources) => new()
    {
        Name = listener.Name,
        Protocol = listener.Protocol.ToString().ToLowerInvariant(),
        EndPoint = endPoint,
        SocketMode = listener.SocketMode,
        Quota = quota,
        Sources = sources,
        HasProxyHeader = listener.Settings.ProxyProtocol == ProxyProtocolMode.Required,
        Backlog = listener.Settings.Backlog,
        WhenFull = listener.Settings.WhenFull == Configuration.WhenFull.Reject
            ? Transport.WhenFull.Reject
            : Transport.WhenFull.Queue,
        ReceiveBufferBytes = listener.Settings.ReceiveBuffer,
        SendBufferBytes = listener.Settings.SendBuffer,
    };

    public static SourceRules RulesOf(ListenerSettings settings) => new()
    {
        Allow = new NetworkSet(settings.Allow),
        Deny = new NetworkSet(settings.Deny),
        MaxConnections = settings.MaxConnectionsPerSource,
        ConnectionsPerSecond = settings.ConnectionRatePerSource,
        PrefixV4 = settings.SourcePrefixV4,
        PrefixV6 = settings.SourcePrefixV6,
    };
}
