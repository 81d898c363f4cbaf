using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text;

namespace EdgeGate.Http;

/// <summary>
/// A Unix socket as an upstream, written <c>unix:/run/app.sock</c>. HttpClient and YARP know only URLs with a host, so
/// between configuration and connect the path travels as a host name that no DNS serves (<c>.invalid</c>, RFC 2606,
/// section 2): in hexadecimal digits, in labels of at most 63.
/// </summary>
public static class UnixUpstreamAddress
{
    private const string Prefix = "unix:";
    private const string Suffix = ".unix.invalid";
    private const int LabelLength = 62;

    // unix(7): sun_path holds 108 bytes, the closing zero among them; macOS has 104.
    private const int MaxPathBytes = 103;

    /// <summary>Whether an address is written as a Unix socket's, well or not.</summary>
    public static bool Is(string? address) => address?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether an address names a path that a Unix socket may have: absolute, of at most 103 bytes.</summary>
    public static bool TryGetPath(string? address, [NotNullWhen(true)] out string? path)
    {
        path = Is(address) ? address![Prefix.Length..] : null;
        if (path is ['/', .., not '/'] && Encoding.UTF8.GetByteCount(path) <= MaxPathBytes)
        {
            return true;
        }

        path = null;
        return false;
    }

    /// <summary>The socket that a host name stands for; false for an ordinary name.</summary>
    public static bool TryGetEndPoint(string host, [NotNullWhen(true)] out UnixDomainSocketEndPoint? endPoint)
    {
        endPoint = host.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)
            ? new UnixDomainSocketEndPoint(Encoding.UTF8.GetString(
                Convert.FromHexString(host[..^Suffix.Length].Replace(".", "", StringComparison.Ordinal))))
            : null;
        return endPoint is not null;
    }

    /// <summary>An address as people write it: a URL that stands for a Unix socket gets its path back.</summary>
    public static string Display(string address) =>
        address.Contains(Suffix, StringComparison.OrdinalIgnoreCase) // looked at first, because every request asks
            && Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && TryGetEndPoint(uri.Host, out var endPoint)
            ? Prefix + endPoint
            : address;

    /// <summary>The URL that stands for a Unix socket, from a path that <see cref="TryGetPath"/> gave.</summary>
    internal static string ToUrl(string scheme, string path)
    {
        string digits = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(path));
        string host = string.Join('.', digits.Chunk(LabelLength).Select(label => new string(label)));
        return $"{scheme}://{host}{Suffix}" + (scheme == "tcp" ? ":1" : "");
    }
}
