using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Numerics;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>
/// One attempt's way through the addresses of a destination. It begins with another address of the preferred family each
/// time, so that all are used; those that failed lately come last.
/// </summary>
internal struct AddressWalk
{
    private const int MaxAddresses = 64; // one bit each

    private readonly DestinationAddress[]? _addresses;
    private readonly int _start;
    private ulong _tried;

    /// <param name="addresses">In the order of <see cref="AddressOrder"/>.</param>
    /// <param name="turn">A number that grows from attempt to attempt.</param>
    internal AddressWalk(DestinationAddress[] addresses, uint turn)
    {
        _addresses = addresses;
        _start = StartOf(addresses, turn);
    }

    /// <summary>Whether an address is left to try.</summary>
    internal readonly bool HasMore => BitOperations.PopCount(_tried) < Count;

    private readonly int Count => Math.Min(_addresses?.Length ?? 0, MaxAddresses);

    /// <summary>The next address to try; false if all were.</summary>
    internal bool TryNext(long now, [NotNullWhen(true)] out DestinationAddress? next) =>
        TryNext(now, avoided: false, out next) || TryNext(now, avoided: true, out next);

    private bool TryNext(long now, bool avoided, [NotNullWhen(true)] out DestinationAddress? next)
    {
        for (int i = 0; i < Count; i++)
        {
            int index = (_start + i) % Count;
            ulong bit = 1UL << index;
            if ((_tried & bit) == 0 && (avoided || !_addresses![index].IsAvoided(now)))
            {
                _tried |= bit;
                next = _addresses![index];
                return true;
            }
        }

        next = null;
        return false;
    }

    private static int StartOf(DestinationAddress[] addresses, uint turn)
    {
        int count = Math.Min(addresses.Length, MaxAddresses);
        if (count < 2)
        {
            return 0;
        }

        AddressFamily preferred = addresses[0].EndPoint.AddressFamily;
        int ofFamily = 0;
        for (int i = 0; i < count; i++)
        {
            ofFamily += addresses[i].EndPoint.AddressFamily == preferred ? 1 : 0;
        }

        int skip = (int)(turn % (uint)ofFamily);
        int index = 0;
        while (addresses[index].EndPoint.AddressFamily != preferred || skip-- > 0)
        {
            index++;
        }

        return index;
    }
}
