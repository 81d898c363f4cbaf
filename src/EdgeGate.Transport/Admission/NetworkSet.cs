using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Transport.Admission;

/// <summary>
/// Networks in CIDR notation (RFC 4632, RFC 4291). Asking costs one look-up for each prefix length that occurs, however
/// many networks there are.
/// </summary>
public sealed class NetworkSet
{
    private readonly (int Length, FrozenSet<SourcePrefix> Networks)[] _v4;
    private readonly (int Length, FrozenSet<SourcePrefix> Networks)[] _v6;

    /// <summary>Takes the networks.</summary>
    public NetworkSet(IEnumerable<IPNetwork> networks)
    {
        IPNetwork[] all = [.. networks];
        _v4 = ByLength(all, AddressFamily.InterNetwork);
        _v6 = ByLength(all, AddressFamily.InterNetworkV6);
    }

    /// <summary>Without any network.</summary>
    public static NetworkSet Empty { get; } = new([]);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _v4.Length + _v6.Length == 0;

    /// <summary>Whether an address lies in one of them.</summary>
    public bool Contains(IPAddress address)
    {
        bool v4 = address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
        foreach (var (length, networks) in v4 ? _v4 : _v6)
        {
            if (networks.Contains(SourcePrefix.Of(address, length, length)))
            {
                return true;
            }
        }

        return false;
    }

    private static (int Length, FrozenSet<SourcePrefix> Networks)[] ByLength(IPNetwork[] networks, AddressFamily family) =>
    [
        .. networks.Where(network => network.BaseAddress.AddressFamily == family)
            .GroupBy(network => network.PrefixLength)
            .Select(group => (
                group.Key,
                group.Select(network => SourcePrefix.Of(network.BaseAddress, group.Key, group.Key)).ToFrozenSet())),
    ];
}
