using System.Net;
using System.Net.Sockets;
using EdgeGate.Http;
using Yarp.ReverseProxy.Configuration;

namespace EdgeGate.Configuration;

/// <summary>
/// The metadata key that names the addresses of this machine from which connections to a cluster's destinations are made:
/// <c>10.0.0.2, 10.0.0.3</c>. Each has the whole range of ephemeral ports to each destination.
/// </summary>
internal static class SourceAddresses
{
    public const string Key = "EdgeGate.SourceAddresses";

    /// <summary>So many at most: each connect looks at all of them.</summary>
    private const int Most = 64;

    /// <summary>What a cluster's metadata say; empty where they say nothing, or nothing that can be read.</summary>
    public static IReadOnlyList<IPAddress> Of(ClusterConfig? cluster) =>
        cluster?.Metadata?.GetValueOrDefault(Key) is { } text && WhyWrong(text) is null ? Read(text) : [];

    /// <summary>Why a value cannot be used; null if it can.</summary>
    public static string? WhyWrong(string text)
    {
        string[] parts = Split(text);
        if (parts.Length == 0)
        {
            return "no address is named; write one or more of this machine's, such as \"10.0.0.2, 10.0.0.3\", or take this key out";
        }

        if (Array.Find(parts, part => !TryParse(part, out _)) is { } wrong)
        {
            return $"'{wrong}' is not the IP address of a network interface; write one or more of this machine's, such as "
                + "\"10.0.0.2, 10.0.0.3\"";
        }

        IPAddress[] addresses = Read(text);
        if (addresses.GroupBy(address => address).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            return $"'{twice.Key}' is named twice; once is enough, its ports do not become more";
        }

        return addresses.Length > Most ? $"{addresses.Length} addresses are too many; write at most {Most}" : null;
    }

    /// <summary>
    /// Why a cluster's sources and destinations do not fit together; null if they do. Of a name nobody knows yet which
    /// families it has.
    /// </summary>
    public static string? WhyUnfit(ClusterConfig cluster)
    {
        IReadOnlyList<IPAddress> sources = Of(cluster);
        var destinations = cluster.Destinations ?? new Dictionary<string, DestinationConfig>();
        if (sources.Count == 0 || destinations.Count == 0)
        {
            return null;
        }

        var literals = destinations.Select(named => (Id: named.Key, Family: FamilyOf(named.Value.Address)))
            .Where(destination => destination.Family != AddressFamily.Unspecified).ToList();
        if (literals.Find(to => to.Family != AddressFamily.Unix && sources.All(from => from.AddressFamily != to.Family))
            is { Id: { } unreached } destination)
        {
            return $"destination '{unreached}' has an {Name(destination.Family)} address, and none of these is one; add one";
        }

        return literals.Count == destinations.Count
            && sources.FirstOrDefault(from => literals.All(to => to.Family != from.AddressFamily)) is { } unused
                ? $"'{unused}' is an {Name(unused.AddressFamily)} address, and no destination has one; take it out"
                : null;
    }

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IPAddress[] Read(string text) =>
        [.. Split(text).Select(part => TryParse(part, out IPAddress? address) ? address! : IPAddress.None)];

    // 0.0.0.0 would be the kernel's choice, and no connection comes from a multicast or broadcast address. A bare number
    // is an address to .NET, and a slip of the pen here.
    private static bool TryParse(string text, out IPAddress? address) =>
        IPAddress.TryParse(text, out address)
        && (text.Contains(':', StringComparison.Ordinal) || text.Count(letter => letter == '.') == 3)
        && !text.StartsWith('[')
        && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.Broadcast)
        && !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6
        && (address.AddressFamily != AddressFamily.InterNetwork || address.GetAddressBytes()[0] is < 224 or > 239);

    private static AddressFamily FamilyOf(string? address) =>
        UnixUpstreamAddress.Is(address) ? AddressFamily.Unix
        : Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && IPAddress.TryParse(uri.DnsSafeHost, out IPAddress? ip)
            ? ip.AddressFamily
            : AddressFamily.Unspecified;

    private static string Name(AddressFamily family) => family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
}
