using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace EdgeGate.Http.Policies.RateLimits;

/// <summary>Who shares permits: a network, or a text.</summary>
internal readonly record struct SourceKey(UInt128 Network, string? Text)
{
    // What is longer is known by its digest: the client chooses it, and it is kept.
    private const int MaxTextChars = 64;

    /// <summary>A text that a client sent.</summary>
    public static SourceKey Of(string text) => text.Length <= MaxTextChars
        ? new SourceKey(1, text)
        : new SourceKey(2, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))));

    /// <summary>The network of an address; a client without one (a Unix socket's) has that of zeros.</summary>
    public static SourceKey Of(IPAddress? address, int prefixV4, int prefixV6)
    {
        if (address is null)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        if (written == 4 || address.IsIPv4MappedToIPv6)
        {
            uint v4 = BinaryPrimitives.ReadUInt32BigEndian(bytes[(written - 4)..]);
            return new SourceKey((UInt128)0xffff << 32 | (prefixV4 == 0 ? 0 : v4 & (uint.MaxValue << (32 - prefixV4))), null);
        }

        UInt128 v6 = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return new SourceKey(prefixV6 == 0 ? 0 : v6 & (UInt128.MaxValue << (128 - prefixV6)), null);
    }

    /// <summary>One of a few that the sources share for which there is no room.</summary>
    public SourceKey Shared(int count) => new((uint)GetHashCode() % (uint)count, "");
}
