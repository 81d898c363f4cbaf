using System.Text;
using EdgeGate.Layer4.Upstreams;

namespace EdgeGate.Layer4.Tls;

/// <summary>
/// Which cluster a TLS connection goes to, by the name and the application protocols that its client asks for:
/// the exact name before a wildcard, the longest wildcard first, and of each the entry for a protocol
/// (<c>name/protocol</c>, in the client's order) before the plain one. <c>*.example.com</c> stands for one label or more
/// before the dot, as it does in nginx and Envoy, and not for <c>example.com</c>. Names are compared without regard to
/// case (RFC 6066, section 3), protocols byte by byte (RFC 7301, section 3.2). What is no DNS name, such as an address
/// or a name with a dot at its end, equals none of the routes.
/// </summary>
public sealed class SniRoutes
{
    private const string Wildcard = "*.";

    private readonly Dictionary<string, Entry> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Entry> _wildcards = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes the routes.</summary>
    /// <param name="routes">Each a name, a wildcard, or one of them with <c>/</c> and a protocol.</param>
    public SniRoutes(IEnumerable<KeyValuePair<string, UpstreamCluster>> routes)
    {
        foreach (var (route, cluster) in routes)
        {
            (string name, string? protocol) = Split(route);
            bool wild = name.StartsWith(Wildcard, StringComparison.Ordinal);
            Dictionary<string, Entry> table = wild ? _wildcards : _exact;
            string key = wild ? name[Wildcard.Length..] : name;
            table[key] = table.GetValueOrDefault(key, Entry.None).With(protocol, cluster);
        }
    }

    private sealed record Entry(UpstreamCluster? Any, KeyValuePair<byte[], UpstreamCluster>[] ByProtocol)
    {
        internal static readonly Entry None = new(null, []);

        internal Entry With(string? protocol, UpstreamCluster cluster) => protocol is null
            ? this with { Any = cluster }
            : this with { ByProtocol = [.. ByProtocol, new(Encoding.UTF8.GetBytes(protocol), cluster)] };

        internal UpstreamCluster? For(ReadOnlySpan<byte> protocols)
        {
            while (ByProtocol.Length > 0 && !protocols.IsEmpty)
            {
                ReadOnlySpan<byte> protocol = protocols.Slice(1, protocols[0]);
                foreach (var (name, cluster) in ByProtocol)
                {
                    if (protocol.SequenceEqual(name))
                    {
                        return cluster;
                    }
                }

                protocols = protocols[(1 + protocol.Length)..];
            }

            return Any;
        }
    }

    /// <summary>A route's name or wildcard, and its protocol where it has one: <c>a.example.com/http/1.1</c>.</summary>
    public static (string Name, string? Protocol) Split(string route) =>
        route.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash
            ? (route[..slash], route[(slash + 1)..])
            : (route, null);

    /// <summary>Where a client goes; null where no route is for it. Allocates nothing.</summary>
    internal UpstreamCluster? Find(in ClientHello hello)
    {
        Span<char> text = stackalloc char[ClientHello.MaxNameBytes];
        ReadOnlySpan<char> name = text[..Encoding.ASCII.GetChars(hello.ServerName, text)];
        if (name.IsEmpty)
        {
            return null;
        }

        UpstreamCluster? found = Find(_exact, name, hello.Protocols);
        for (int dot = name.IndexOf('.'); found is null && dot > 0; dot = name.IndexOf('.'))
        {
            name = name[(dot + 1)..];
            found = Find(_wildcards, name, hello.Protocols);
        }

        return found;
    }

    private static UpstreamCluster? Find(
        Dictionary<string, Entry> table, ReadOnlySpan<char> name, ReadOnlySpan<byte> protocols) =>
        table.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out Entry? entry) ? entry.For(protocols) : null;
}
