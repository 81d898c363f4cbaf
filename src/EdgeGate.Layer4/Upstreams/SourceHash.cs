using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Layer4.Upstreams;

/// <summary>
/// Rendezvous hashing (Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998): each pair of
/// client and destination has a score, and the client goes where its score is highest. A destination that comes or goes
/// moves only those clients that have it at their top. The scores are the same in every process and on every machine.
/// </summary>
public static class SourceHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>A destination's part in the score, by its name; upper and lower case are the same to YARP.</summary>
    public static ulong SeedOf(string destination)
    {
        ulong hash = FnvOffset;
        foreach (char letter in destination)
        {
            hash = (hash ^ char.ToUpperInvariant(letter)) * FnvPrime;
        }

        return hash;
    }

    /// <summary>
    /// A client's part in the score: its address without the port. An IPv4 address that came over a socket of both
    /// families (RFC 4291, section 2.5.5.2) is the IPv4 address.
    /// </summary>
    public static ulong KeyOf(IPAddress source)
    {
        Span<byte> bytes = stackalloc byte[16];
        source.TryWriteBytes(bytes, out int length);
        bytes = source.AddressFamily == AddressFamily.InterNetworkV6 && source.IsIPv4MappedToIPv6
            ? bytes[12..16]
            : bytes[..length];
        ulong hash = FnvOffset;
        foreach (byte part in bytes)
        {
            hash = (hash ^ part) * FnvPrime;
        }

        return hash;
    }

    /// <summary>The score of a client at a destination: the two parts mixed as splitmix64 finishes its numbers.</summary>
    public static ulong Score(ulong key, ulong seed)
    {
        ulong mixed = Mix(key) ^ seed;
        return Mix(mixed);
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
