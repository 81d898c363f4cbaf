using EdgeGate.Transport.ProxyProtocol;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Configuration;

/// <summary>
/// The metadata key that has connections to a cluster's destinations begin with a PROXY header: <c>V1</c> or <c>V2</c>.
/// </summary>
internal static class SendProxyProtocol
{
    public const string Key = "EdgeGate.SendProxyProtocol";

    /// <summary>What a cluster's metadata say; None where they say nothing, or nothing that can be read.</summary>
    public static ProxyProtocolVersion Of(ClusterConfig? cluster) =>
        cluster?.Metadata?.GetValueOrDefault(Key) is { } text && TryParse(text, out var version)
            ? version
            : ProxyProtocolVersion.None;

    public static bool TryParse(string text, out ProxyProtocolVersion version)
    {
        version = text.ToUpperInvariant() switch
        {
            "V1" => ProxyProtocolVersion.V1,
            "V2" => ProxyProtocolVersion.V2,
            _ => ProxyProtocolVersion.None,
        };
        return version != ProxyProtocolVersion.None;
    }
}
