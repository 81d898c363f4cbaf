using Microsoft.Extensions.Configuration;

namespace EdgeGate.Configuration;

/// <summary>
/// The keys that YARP reads. YARP ignores every other key, and so does EdgeGate; but one that looks like a
/// slip is worth a warning, never an error.
/// </summary>
internal sealed class ProxyKeys
{
    private static readonly ProxyKeys Free = new();

    private static readonly ProxyKeys Route = Of(
        [
            "ClusterId", "Order", "MaxRequestBodySize", "AuthorizationPolicy", "RateLimiterPolicy",
            "OutputCachePolicy", "Timeout", "TimeoutPolicy", "CorsPolicy",
        ],
        ("Metadata", Free),
        ("Transforms", Free),
        ("Match", Of(
            ["Path"],
            ("Hosts", Free),
            ("Methods", Free),
            ("Headers", Each(Of(["Name", "Mode", "IsCaseSensitive"], ("Values", Free)))),
            ("QueryParameters", Each(Of(["Name", "Mode", "IsCaseSensitive"], ("Values", Free)))))));

    private static readonly ProxyKeys Cluster = Of(
        ["LoadBalancingPolicy"],
        ("Metadata", Free),
        ("SessionAffinity", Of(
            ["Enabled", "Policy", "FailurePolicy", "AffinityKeyName"],
            ("Cookie", Of(["Path", "SameSite", "HttpOnly", "MaxAge", "Domain", "IsEssential", "SecurePolicy", "Expiration"])))),
        ("HealthCheck", Of(
            ["AvailableDestinationsPolicy"],
            ("Passive", Of(["Enabled", "Policy", "ReactivationPeriod"])),
            ("Active", Of(["Enabled", "Interval", "Timeout", "Policy", "Path", "Query"])))),
        ("HttpClient", Of(
            [
                "DangerousAcceptAnyServerCertificate", "MaxConnectionsPerServer", "EnableMultipleHttp2Connections",
                "RequestHeaderEncoding", "ResponseHeaderEncoding",
            ],
            ("SslProtocols", Free),
            ("WebProxy", Of(["Address", "BypassOnLocal", "UseDefaultCredentials"])))),
        ("HttpRequest", Of(["ActivityTimeout", "Version", "VersionPolicy", "AllowResponseBuffering"])),
        ("Destinations", Each(Of(["Address", "Health", "Host"], ("Metadata", Free)))));

    private static readonly ProxyKeys Root = Of([], ("Routes", Each(Route)), ("Clusters", Each(Cluster)));

    private readonly Dictionary<string, ProxyKeys>? _keys;
    private readonly ProxyKeys? _each;

    private ProxyKeys(Dictionary<string, ProxyKeys>? keys = null, ProxyKeys? each = null) => (_keys, _each) = (keys, each);

    public static void WarnOfSlips(IConfigurationSection section, ConfigurationReport report) => Root.Walk(section, report);

    private static ProxyKeys Of(string[] leaves, params (string Key, ProxyKeys Keys)[] branches)
    {
        var keys = leaves.ToDictionary(leaf => leaf, _ => Free, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, below) in branches)
        {
            keys[key] = below;
        }

        return new ProxyKeys(keys);
    }

    private static ProxyKeys Each(ProxyKeys each) => new(each: each);

    private void Walk(IConfigurationSection section, ConfigurationReport report)
    {
        foreach (var child in section.GetChildren())
        {
            if (_each is not null)
            {
                _each.Walk(child, report);
            }
            else if (_keys?.TryGetValue(child.Key, out var below) == true)
            {
                below.Walk(child, report);
            }
            else if (_keys is not null && Nearest.To(child.Key, _keys.Keys) is { } nearest)
            {
                report.Warning(child.Path, $"YARP does not know this key and ignores it. Did you mean '{nearest}'?");
            }
        }
    }
}
