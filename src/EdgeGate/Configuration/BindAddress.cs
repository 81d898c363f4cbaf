using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EdgeGate.Configuration;

/// <summary>Where a listener binds, as written in a <c>Bind</c> key.</summary>
/// <param name="Kind">Which of the forms it is.</param>
/// <param name="EndPoints">What to bind, for the forms that have a port. <c>*</c> is the IPv6 wildcard, which
/// takes IPv4 too where the socket is dual; bind the IPv4 wildcard where IPv6 is off.</param>
/// <param name="Name">The systemd name or the path of the Unix socket.</param>
internal sealed record BindAddress(BindKind Kind, ImmutableArray<IPEndPoint> EndPoints, string? Name)
{
    private const string Forms =
        "write an address and a port, such as 0.0.0.0:8080, [::]:8080, *:8080 or localhost:8080";

    /// <summary>The addresses to bind, whatever their kind; of systemd's sockets there is none to bind.</summary>
    public IEnumerable<EndPoint> Addresses =>
        Kind == BindKind.Unix ? [new UnixDomainSocketEndPoint(Name!)] : EndPoints;

    public int Port => EndPoints is [var first, ..] ? first.Port : 0;

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Kind == BindKind.Unix || (EndPoints.Length > 0 && EndPoints.All(e => IPAddress.IsLoopback(e.Address)));

    /// <summary>Whether a Unix socket can be bound there. sun_path holds 108 bytes, the closing zero among them; macOS has 104: unix(7).</summary>
    public static bool IsUnixPath(string path) =>
        path.StartsWith('/') && !path.EndsWith('/') && System.Text.Encoding.UTF8.GetByteCount(path) < 104;

    public static BindAddress Of(IPEndPoint endPoint) => new(BindKind.Ip, [endPoint], null);

    /// <summary>Reads a <c>Bind</c> value.</summary>
    /// <param name="text">The value.</param>
    /// <param name="address">The result, or null.</param>
    /// <param name="error">What is wrong and what to write instead, or null.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out BindAddress? address, [NotNullWhen(false)] out string? error)
    {
        (address, error) = text switch
        {
            _ when text.StartsWith("systemd:", StringComparison.Ordinal) => ParseSystemd(text["systemd:".Length..]),
            _ when text.StartsWith("unix:", StringComparison.Ordinal) => ParseUnix(text["unix:".Length..]),
            _ => ParseEndPoint(text),
        };
        return address is not null;
    }

    /// <summary>Whether both cannot be bound at once with one transport.</summary>
    public bool Overlaps(BindAddress other)
    {
        if (Name is not null || other.Name is not null)
        {
            return Kind == other.Kind && Name == other.Name;
        }

        return Port != 0 && EndPoints.Any(mine => other.EndPoints.Any(theirs => Overlap(mine, theirs)));
    }

    public bool Equals(BindAddress? other) =>
        other is not null && Kind == other.Kind && Name == other.Name && EndPoints.SequenceEqual(other.EndPoints);

    public override int GetHashCode() => HashCode.Combine(Kind, Name, Port);

    public override string ToString() => Kind switch
    {
        BindKind.Systemd => "systemd:" + Name,
        BindKind.Unix => "unix:" + Name,
        BindKind.Any => "*:" + Port.ToString(CultureInfo.InvariantCulture),
        BindKind.Localhost => "localhost:" + Port.ToString(CultureInfo.InvariantCulture),
        _ => EndPoints[0].ToString(),
    };

    private static bool Overlap(IPEndPoint one, IPEndPoint two)
    {
        if (one.Port != two.Port)
        {
            return false;
        }

        // The IPv6 wildcard is bound dual, so it takes the IPv4 port as well.
        return one.Address.Equals(two.Address)
            || one.Address.Equals(IPAddress.IPv6Any) || two.Address.Equals(IPAddress.IPv6Any)
            || (one.AddressFamily == two.AddressFamily
                && (one.Address.Equals(IPAddress.Any) || two.Address.Equals(IPAddress.Any)));
    }

    private static (BindAddress?, string?) ParseSystemd(string name)
    {
        // sd_listen_fds_with_names(3): printable ASCII without a colon, at most 255.
        var good = name.Length is > 0 and < 256 && name.All(c => c is > ' ' and < '\u007f' and not ':');
        return good
            ? (new BindAddress(BindKind.Systemd, [], name), null)
            : (null, "systemd: wants the FileDescriptorName of a socket unit, such as systemd:web");
    }

    private static (BindAddress?, string?) ParseUnix(string path) => IsUnixPath(path)
        ? (new BindAddress(BindKind.Unix, [], path), null)
        : (null, "unix: wants an absolute path of at most 103 bytes, such as unix:/run/edgegate/web.sock");

    private static (BindAddress?, string?) ParseEndPoint(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return (null, $"'{text}' is a URL; {Forms}");
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return (null, $"'{text}' has no port; {Forms}");
        }

        var (host, digits) = (text[..colon], text[(colon + 1)..]);
        if (digits.EndsWith(']') || (host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[')))
        {
            return (null, $"'{text}': an IPv6 address stands in brackets before its port, such as [::1]:8080");
        }

        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
        {
            return (null, $"'{digits}' is not a port (0 to 65535); {Forms}");
        }

        return FromHost(text, host, port);
    }

    private static (BindAddress?, string?) FromHost(string text, string host, int port)
    {
        if (host == "*")
        {
            return (new BindAddress(BindKind.Any, [new IPEndPoint(IPAddress.IPv6Any, port)], null), null);
        }

        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return port == 0
                ? (null, "localhost means two addresses, which would get two different free ports; write 127.0.0.1:0")
                : (new BindAddress(BindKind.Localhost,
                    [new IPEndPoint(IPAddress.IPv6Loopback, port), new IPEndPoint(IPAddress.Loopback, port)], null), null);
        }

        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        // IPAddress.TryParse takes "1" for 0.0.0.1: an IPv4 address here has all its four parts.
        return (bracketed || host.Count(c => c == '.') == 3) && IPAddress.TryParse(host, out var ip)
            ? (Of(new IPEndPoint(ip, port)), null)
            : (null, $"'{host}' in '{text}' is not an address of this machine; {Forms}");
    }
}
